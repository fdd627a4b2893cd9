/** The first request of a connection, health routes, the upgrade. */
@NullMarked
package dev.evergate.server.http;

import org.jspecify.annotations.NullMarked;
