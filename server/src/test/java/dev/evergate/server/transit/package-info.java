/** Tests of what moves, and of the stream. */
@NullMarked
package dev.evergate.server.transit;

import org.jspecify.annotations.NullMarked;
