package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;

import java.util.Optional;

/** An event for many connections, encoded once. Immutable. */
final class Broadcast {
    private final byte[] head;
    private final Optional<Scope> scope;
    private final boolean isDroppable;

    /**
     * @param head the frame's payload up to and without {@code seq}
     * @param scope a connection needs to get it; empty if all operators get it
     * @param isDroppable whether a connection that reads too slowly may miss it
     */
    Broadcast(byte[] head, Optional<Scope> scope, boolean isDroppable) {
        this.head = head;
        this.scope = scope;
        this.isDroppable = isDroppable;
    }

    byte[] head() {
        return head;
    }

    boolean isDroppable() {
        return isDroppable;
    }

    boolean isFor(Grant grant) {
        return grant.isOperator() && (scope.isEmpty() || grant.allows(scope.get()));
    }
}
