/** The facade that the server and the command line talk to. */
@NullMarked
package dev.evergate.core.gateway;

import org.jspecify.annotations.NullMarked;
