/** Tests of the server over real loopback sockets. */
@NullMarked
package dev.evergate.server;

import org.jspecify.annotations.NullMarked;
