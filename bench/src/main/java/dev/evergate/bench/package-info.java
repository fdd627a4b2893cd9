/** Measures a built gateway from outside and prints a table. */
@NullMarked
package dev.evergate.bench;

import org.jspecify.annotations.NullMarked;
