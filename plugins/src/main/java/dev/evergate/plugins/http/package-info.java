/** What providers on HTTP share: one client, streams with limits, server-sent events, failures. */
@NullMarked
package dev.evergate.plugins.http;

import org.jspecify.annotations.NullMarked;
