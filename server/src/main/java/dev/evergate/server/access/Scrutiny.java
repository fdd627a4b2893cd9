package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.ws.CloseCode;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks again at connections that are open, under the configuration that is in force now (I38).
 * Immutable and thread-safe; made once for many connections.
 */
public final class Scrutiny {
    private final ConfigSnapshot.Gateway gateway;
    private final long secret;
    private final long word;

    public Scrutiny(ConfigSnapshot.Gateway gateway) {
        this.gateway = gateway;
        this.secret = Warrant.ofSecret(gateway.auth());
        this.word = Warrant.ofWord(gateway.auth());
    }

    /** Why a connection has to end: as clients of the protocol are told. */
    public record Withdrawal(CloseCode code, String reason) {}

    /**
     * Whether a connection would not be let in any more.
     *
     * @param local the address it came in by
     */
    public Optional<Withdrawal> of(Warrant warrant, InetAddress local) {
        if (warrant.secret() != Warrant.NO_SECRET
                && warrant.secret() != secret
                && warrant.secret() != word) {
            return Optional.of(new Withdrawal(CloseCode.WITHDRAWN, "gateway auth changed"));
        }
        return warrant.peer().flatMap(peer -> of(peer, local));
    }

    private Optional<Withdrawal> of(Peer peer, InetAddress local) {
        if (peer.isForwarded() && !Proxies.contain(gateway.trustedProxies(), peer.address())) {
            return Optional.of(
                    new Withdrawal(CloseCode.POLICY, "gateway ingress attribution required"));
        }
        if (peer.word().isPresent() && ProxyWord.fault(peer, gateway).isPresent()) {
            return Optional.of(new Withdrawal(CloseCode.WITHDRAWN, "gateway auth changed"));
        }
        boolean isAllowed =
                peer.origin().isEmpty()
                        || (Origins.isAllowed(peer.origin().get(), peer.host(), gateway)
                                && isKnown(peer, local));
        return isAllowed
                ? Optional.empty()
                : Optional.of(new Withdrawal(CloseCode.POLICY, "origin not allowed"));
    }

    /** Whether the name a page called the gateway by is its own, or declared. */
    private boolean isKnown(Peer peer, InetAddress local) {
        String host = peer.host().toLowerCase(Locale.ROOT);
        return peer.hasLocalHost()
                || name(host).equals(local.getHostAddress())
                || name(host).equals(gateway.bindHost().toLowerCase(Locale.ROOT))
                || gateway.allowedOrigins().stream()
                        .anyMatch(allowed -> Origins.host(allowed).equals(host));
    }

    /** Without the port, and without the brackets of an IPv6 address. */
    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    }
}
