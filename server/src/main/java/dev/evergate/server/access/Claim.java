package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.ProxyWord.Fault;

/** What {@code gateway.auth.mode} says of somebody before any secret is looked at. */
sealed interface Claim {
    /**
     * No secret is asked for.
     *
     * @param method how it came in, as clients are told
     */
    record LetIn(String method) implements Claim {}

    /** It has to prove itself. */
    record ToProve() implements Claim {}

    /**
     * Nothing it could show would help.
     *
     * @param reason in the words of the protocol
     * @param text for people
     * @param help a command
     */
    record Refused(String reason, String text, String help) implements Claim {}

    static Claim of(Peer peer, ConfigSnapshot.Gateway gateway) {
        return switch (gateway.auth().mode()) {
            case TOKEN, PASSWORD -> new ToProve();
            case TRUSTED_PROXY -> byProxy(peer, gateway);
            case NONE -> bySilence(peer);
        };
    }

    private static Claim bySilence(Peer peer) {
        boolean isHere = peer.isDirectLoopback();
        return isHere
                ? new LetIn("none")
                : new Refused(
                        "not_local",
                        "gateway.auth.mode is \"none\", which is for programs of the gateway's own"
                                + " computer alone",
                        "evergate config set gateway.auth.mode token");
    }

    /** Who comes through the proxy is who that says; who does not proves itself. */
    private static Claim byProxy(Peer peer, ConfigSnapshot.Gateway gateway) {
        boolean isByProxy =
                peer.isForwarded()
                        || (!peer.isDirectLoopback()
                                && Proxies.contain(gateway.trustedProxies(), peer.address()));
        if (!isByProxy) {
            return new ToProve();
        }
        return ProxyWord.fault(peer, gateway)
                .map(Fault::refused)
                .orElseGet(() -> new LetIn("trusted-proxy"));
    }
}
