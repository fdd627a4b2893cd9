/** What a moving connection consists of, and the stream it moves in. */
@NullMarked
package dev.evergate.server.transit;

import org.jspecify.annotations.NullMarked;
