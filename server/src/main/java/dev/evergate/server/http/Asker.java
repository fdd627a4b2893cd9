package dev.evergate.server.http;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.access.Peer;

/**
 * Where a request comes from, and the gateway as it sees it.
 *
 * @param gateway under the one configuration this request sees from its start to its end
 */
record Asker(Peer peer, Gateway gateway) {}
