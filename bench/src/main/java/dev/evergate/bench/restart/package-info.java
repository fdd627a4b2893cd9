/** Restarts under load, from outside. */
@NullMarked
package dev.evergate.bench.restart;

import org.jspecify.annotations.NullMarked;
