/** One client connection and the events it gets. */
@NullMarked
package dev.evergate.server.session;

import org.jspecify.annotations.NullMarked;
