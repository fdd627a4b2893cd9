/** Goes through every input that was ever worth keeping. */
@NullMarked
package dev.evergate.fuzz;

import org.jspecify.annotations.NullMarked;
