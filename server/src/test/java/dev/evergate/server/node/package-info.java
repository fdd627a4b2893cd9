/** The board of nodes, alone. */
@NullMarked
package dev.evergate.server.node;

import org.jspecify.annotations.NullMarked;
