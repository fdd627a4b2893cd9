/** WebSocket framing (RFC 6455) that can be frozen between any two bytes. */
@NullMarked
package dev.evergate.server.ws;

import org.jspecify.annotations.NullMarked;
