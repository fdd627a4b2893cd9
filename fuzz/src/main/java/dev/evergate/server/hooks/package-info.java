/** Gives webhooks payloads that no service would send. */
@NullMarked
package dev.evergate.server.hooks;

import org.jspecify.annotations.NullMarked;
