/** Gives parsers inputs that nobody would write, and holds what must be true of all of them. */
@NullMarked
package dev.evergate.fuzz;

import org.jspecify.annotations.NullMarked;
