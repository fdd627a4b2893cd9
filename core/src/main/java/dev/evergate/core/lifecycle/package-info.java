/** Starts in order, stops in reverse, says where we stand. */
@NullMarked
package dev.evergate.core.lifecycle;

import org.jspecify.annotations.NullMarked;
