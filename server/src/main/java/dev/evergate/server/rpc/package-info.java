/** The methods a client can call. */
@NullMarked
package dev.evergate.server.rpc;

import org.jspecify.annotations.NullMarked;
