/** The stability ring, torn, damaged, foreign and under SIGKILL. */
@NullMarked
package dev.evergate.keeper.ring;

import org.jspecify.annotations.NullMarked;
