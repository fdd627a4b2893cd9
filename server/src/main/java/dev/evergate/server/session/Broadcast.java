package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;

import java.util.Optional;

/** Something for many connections: an event, encoded once, or their end. Immutable. */
final class Broadcast {
    private final byte[] head;
    private final Optional<Scope> scope;
    private final boolean isDroppable;
    private final Optional<Dismissal> dismissal;

    /** The end of a device's connections; {@code role} is empty for all of them. */
    private record Dismissal(String deviceId, String role, String reason) {
        boolean isFor(Grant grant) {
            return grant.client().deviceId().equals(deviceId)
                    && (role.isEmpty() || grant.role().equals(role));
        }
    }

    /**
     * @param head the frame's payload up to and without {@code seq}
     * @param scope a connection needs to get it; empty if all operators get it
     * @param isDroppable whether a connection that reads too slowly may miss it
     */
    Broadcast(byte[] head, Optional<Scope> scope, boolean isDroppable) {
        this.head = head;
        this.scope = scope;
        this.isDroppable = isDroppable;
        this.dismissal = Optional.empty();
    }

    private Broadcast(Dismissal dismissal) {
        this.head = new byte[0];
        this.scope = Optional.empty();
        this.isDroppable = false;
        this.dismissal = Optional.of(dismissal);
    }

    /** Ends the connections of a device that are in this role, or all if it is empty. */
    static Broadcast dismissal(String deviceId, String role, String reason) {
        return new Broadcast(new Dismissal(deviceId, role, reason));
    }

    byte[] head() {
        return head;
    }

    boolean isDroppable() {
        return isDroppable;
    }

    /** Whether it is to be brought to its connections whatever else waits for them. */
    boolean isVital() {
        return dismissal.isPresent();
    }

    /** Why the connection must end; empty if it need not. */
    Optional<String> dismissal(Grant grant) {
        return dismissal.filter(d -> d.isFor(grant)).map(Dismissal::reason);
    }

    /** Whether it is an event this connection gets. */
    boolean isFor(Grant grant) {
        return dismissal.isEmpty()
                && grant.isOperator()
                && (scope.isEmpty() || grant.allows(scope.get()));
    }
}
