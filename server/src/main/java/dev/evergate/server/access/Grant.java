package dev.evergate.server.access;

import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;

import java.util.List;
import java.util.Optional;

/**
 * What a connection may do. Immutable.
 *
 * @param role {@code operator} or {@code node}
 * @param scopes as announced to the client
 * @param method how it proved itself: {@code token}, {@code password}, {@code device-token}, {@code
 *     bootstrap-token}, {@code trusted-proxy} or {@code none}
 * @param client what it says it is
 * @param offer what it can be asked for as a node, as far as somebody has allowed that
 * @param user whom the proxy that is trusted has authenticated; empty in other modes
 */
public record Grant(
        String role,
        List<String> scopes,
        int mask,
        String method,
        Client client,
        Offer offer,
        String user) {
    public static final String OPERATOR = "operator";
    public static final String NODE = Node.ROLE;

    /** How a device proved itself that nobody had seen, by a code that was given to it. */
    public static final String BY_SETUP_CODE = "bootstrap-token";

    /** How a device proved itself that showed its own token. */
    public static final String BY_DEVICE_TOKEN = "device-token";

    public Grant {
        scopes = List.copyOf(scopes);
    }

    static Grant of(String role, List<Scope> scopes, String method, Client client) {
        List<String> names = scopes.stream().map(Scope::wireName).toList();
        return new Grant(
                role.equals(NODE) ? NODE : OPERATOR,
                names,
                Scope.mask(scopes),
                method,
                client.sharing(),
                Offer.NOTHING,
                "");
    }

    /** The same again on another server: scopes this release does not know give nothing. */
    public static Grant moved(String role, List<String> scopes, String method, Client client) {
        List<Scope> known = scopes.stream().map(Scope::named).flatMap(Optional::stream).toList();
        return new Grant(
                role, scopes, Scope.mask(known), method, client.sharing(), Offer.NOTHING, "");
    }

    /** The same of a node that can be asked for this. */
    public Grant offering(Offer what) {
        return new Grant(role, scopes, mask, method, client, what, user);
    }

    /** The same of a connection whose warrant says where it comes from. */
    public Grant of(Warrant warrant) {
        String who = warrant.peer().flatMap(Peer::word).map(ProxyWord::user).orElse("");
        return new Grant(role, scopes, mask, method, client, offer, who);
    }

    public boolean allows(Scope scope) {
        return (mask & scope.bit()) != 0;
    }

    /**
     * Whether it may see this device and decide about it, as far as its scopes allow that: a device
     * with a token of its own is over itself alone, unless it is an admin's.
     */
    public boolean isOver(String deviceId) {
        boolean isItself = method.equals(BY_DEVICE_TOKEN) || method.equals(BY_SETUP_CODE);
        return !isItself || allows(Scope.ADMIN) || client.deviceId().equals(deviceId);
    }

    public boolean isOperator() {
        return role.equals(OPERATOR);
    }

    /**
     * A client's own words about itself; optional ones are empty.
     *
     * @param deviceId of a proven device; empty without one
     */
    public record Client(
            String id,
            String mode,
            String version,
            String platform,
            String deviceFamily,
            String displayName,
            String instanceId,
            String deviceId) {
        /** The same, with one copy for all connections of what many clients have in common. */
        Client sharing() {
            return new Client(
                    id.intern(),
                    mode.intern(),
                    version.intern(),
                    platform.intern(),
                    deviceFamily.intern(),
                    displayName,
                    instanceId,
                    deviceId);
        }

        /** Whether it makes a person visible to others: one-shot commands do not. */
        public boolean isPresence() {
            return mode.equals("ui") || mode.equals("webchat") || mode.equals("node");
        }
    }
}
