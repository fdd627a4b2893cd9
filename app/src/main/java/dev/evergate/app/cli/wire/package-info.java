/** One connection to a gateway: protocol v4 over a WebSocket. */
@NullMarked
package dev.evergate.app.cli.wire;

import org.jspecify.annotations.NullMarked;
