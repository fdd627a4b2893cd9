/** Encrypted connections: the certificate, and what stands first in their pipeline. */
@NullMarked
package dev.evergate.server.tls;

import org.jspecify.annotations.NullMarked;
