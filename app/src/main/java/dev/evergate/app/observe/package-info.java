/** Where a generation's log lines go, and how they are read again. */
@NullMarked
package dev.evergate.app.observe;

import org.jspecify.annotations.NullMarked;
