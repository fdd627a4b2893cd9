/** Gives the frame codec frames that nobody would send. */
@NullMarked
package dev.evergate.server.ws;

import org.jspecify.annotations.NullMarked;
