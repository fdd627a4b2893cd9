/** How keeper and generations write their log: whole JSON lines, by nobody's leave. */
@NullMarked
package dev.evergate.keeper.log;

import org.jspecify.annotations.NullMarked;
