/** Speaks the datagrams that keeper, generation and command line exchange. */
@NullMarked
package dev.evergate.keeper.link;

import org.jspecify.annotations.NullMarked;
