package dev.evergate.server.session;

import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;

import java.util.Optional;
import java.util.function.Predicate;

/** Something for many connections: an event, encoded once, or their end. Immutable. */
final class Broadcast {
    private final byte[] head;
    private final Optional<Scope> scope;
    private final boolean isDroppable;
    private final Optional<Dismissal> dismissal;

    /** Which nodes get it. */
    private final Predicate<Grant> nodes;

    /** Which operators get it, if they have the scope. */
    private final Predicate<Grant> operators;

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
        this(head, scope, isDroppable, _ -> true, _ -> false);
    }

    private Broadcast(
            byte[] head,
            Optional<Scope> scope,
            boolean isDroppable,
            Predicate<Grant> operators,
            Predicate<Grant> nodes) {
        this.head = head;
        this.scope = scope;
        this.isDroppable = isDroppable;
        this.dismissal = Optional.empty();
        this.operators = operators;
        this.nodes = nodes;
    }

    /** The same for every node, too. */
    Broadcast forNodes() {
        return new Broadcast(head, scope, isDroppable, operators, _ -> true);
    }

    /** The same for this node, too. */
    Broadcast forNode(String nodeId) {
        return new Broadcast(head, scope, isDroppable, operators, is(nodeId));
    }

    /** The same for those operators only who may see this device. */
    Broadcast about(String deviceId) {
        Predicate<Grant> those = grant -> grant.isOver(deviceId);
        return new Broadcast(head, scope, isDroppable, those, nodes);
    }

    /** An event for this node and nobody else. */
    static Broadcast toNode(String nodeId, byte[] head) {
        return new Broadcast(head, Optional.empty(), false, _ -> false, is(nodeId));
    }

    private static Predicate<Grant> is(String nodeId) {
        return grant -> grant.client().deviceId().equals(nodeId);
    }

    private Broadcast(Dismissal dismissal) {
        this.head = new byte[0];
        this.scope = Optional.empty();
        this.isDroppable = false;
        this.dismissal = Optional.of(dismissal);
        this.operators = _ -> false;
        this.nodes = _ -> false;
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
        return grant.isOperator()
                ? operators.test(grant) && (scope.isEmpty() || grant.allows(scope.get()))
                : nodes.test(grant);
    }
}
