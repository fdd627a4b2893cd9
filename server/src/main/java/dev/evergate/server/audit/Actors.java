package dev.evergate.server.audit;

import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.ProxyWord;

/** Who it was, as the audit log has it. Stateless. */
public final class Actors {
    private Actors() {}

    /** Somebody who has been let in. */
    public static Actor of(Grant grant, String connection, String address) {
        Grant.Client client = grant.client();
        return new Actor(
                grant.method(),
                client.deviceId(),
                grant.user(),
                client.id() + "/" + client.mode(),
                connection,
                address);
    }

    /**
     * Somebody who was let in over plain HTTP.
     *
     * @param method how that was
     */
    public static Actor of(String method, Peer peer) {
        String user = peer.word().map(ProxyWord::user).orElse("");
        return new Actor(method, "", user, "http", "", address(peer));
    }

    /** Somebody of whom nothing is known but where it is. */
    public static Actor stranger(Peer peer) {
        return new Actor("", "", "", "", "", address(peer));
    }

    private static String address(Peer peer) {
        return peer.clientAddress().getHostAddress();
    }
}
