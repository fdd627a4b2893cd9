/** What other services tell the gateway over HTTP: webhooks. */
@NullMarked
package dev.evergate.server.hooks;

import org.jspecify.annotations.NullMarked;
