/** Live connections on their way from one server to another. */
@NullMarked
package dev.evergate.server.move;

import org.jspecify.annotations.NullMarked;
