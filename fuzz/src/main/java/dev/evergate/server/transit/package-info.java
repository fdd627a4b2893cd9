/** Gives the reader of frozen sessions what no generation would freeze. */
@NullMarked
package dev.evergate.server.transit;

import org.jspecify.annotations.NullMarked;
