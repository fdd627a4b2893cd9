/** Tests of the codec. */
@NullMarked
package dev.evergate.server.ws;

import org.jspecify.annotations.NullMarked;
