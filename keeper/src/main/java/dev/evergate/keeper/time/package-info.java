/** Holds the keeper's only clock, threads and randomness. */
@NullMarked
package dev.evergate.keeper.time;

import org.jspecify.annotations.NullMarked;
