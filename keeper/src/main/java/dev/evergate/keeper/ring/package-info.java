/** The stability ring: what happened to this gateway, in a file that survives SIGKILL. */
@NullMarked
package dev.evergate.keeper.ring;

import org.jspecify.annotations.NullMarked;
