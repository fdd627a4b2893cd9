/** The server a generation assembles: listeners, loops, start and stop. */
@NullMarked
package dev.evergate.server;

import org.jspecify.annotations.NullMarked;
