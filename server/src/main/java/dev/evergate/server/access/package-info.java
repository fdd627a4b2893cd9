/** Who a connection is and what it may do. */
@NullMarked
package dev.evergate.server.access;

import org.jspecify.annotations.NullMarked;
