/** Whoever started the keeper and watches it: what it grants, and what it wants to be told. */
@NullMarked
package dev.evergate.keeper.supervisor;

import org.jspecify.annotations.NullMarked;
