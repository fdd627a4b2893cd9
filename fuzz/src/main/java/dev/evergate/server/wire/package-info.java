/** Gives the reader of messages messages that nobody would send. */
@NullMarked
package dev.evergate.server.wire;

import org.jspecify.annotations.NullMarked;
