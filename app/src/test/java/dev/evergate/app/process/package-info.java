/** Tests that start real gateways: real processes, real signals, real sockets. */
@NullMarked
package dev.evergate.app.process;

import org.jspecify.annotations.NullMarked;
