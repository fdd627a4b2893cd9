package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;

import java.util.Optional;

/**
 * An event for many connections, encoded once.
 *
 * @param head the frame's payload up to and without {@code seq}
 * @param scope a connection needs to get it; empty if all operators get it
 * @param isDroppable whether a connection that reads too slowly may miss it
 */
record Broadcast(byte[] head, Optional<Scope> scope, boolean isDroppable) {
    boolean isFor(Grant grant) {
        return grant.isOperator() && (scope.isEmpty() || grant.allows(scope.get()));
    }
}
