/** What frames of protocol v4 look like. */
@NullMarked
package dev.evergate.server.wire;

import org.jspecify.annotations.NullMarked;
