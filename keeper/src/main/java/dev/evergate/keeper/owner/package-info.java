/** Who owns a state directory, whether that owner is well, and how another one takes its place. */
@NullMarked
package dev.evergate.keeper.owner;

import org.jspecify.annotations.NullMarked;
