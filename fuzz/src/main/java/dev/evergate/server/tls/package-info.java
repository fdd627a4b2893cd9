/** Gives the reader of certificates files that are none. */
@NullMarked
package dev.evergate.server.tls;

import org.jspecify.annotations.NullMarked;
