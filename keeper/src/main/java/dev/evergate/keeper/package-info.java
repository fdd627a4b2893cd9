/** Owns the door, the state lock and the lives of generations. */
@NullMarked
package dev.evergate.keeper;

import org.jspecify.annotations.NullMarked;
