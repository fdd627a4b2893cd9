/** Certificates and keys as they are found in files. */
@NullMarked
package dev.evergate.server.tls;

import org.jspecify.annotations.NullMarked;
