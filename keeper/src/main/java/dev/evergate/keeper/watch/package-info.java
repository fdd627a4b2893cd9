/** Judges whether a generation makes progress, and describes one that does not. */
@NullMarked
package dev.evergate.keeper.watch;

import org.jspecify.annotations.NullMarked;
