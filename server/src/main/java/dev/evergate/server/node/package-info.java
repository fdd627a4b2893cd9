/** The nodes that are connected, and what they have been sent for. */
@NullMarked
package dev.evergate.server.node;

import org.jspecify.annotations.NullMarked;
