package dev.evergate.server.access;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a connection comes from.
 *
 * @param address of the other end of the socket
 * @param isForwarded whether its request carries a proxy's headers
 * @param hasLocalHost whether its {@code Host} is a name of the loopback interface
 * @param host the {@code Host} header
 * @param origin the {@code Origin} header, which browsers send
 * @param client whom a proxy that is trusted speaks for; empty if none does, or does not say so
 * @param word who that is, as such a proxy says; only with mode "trusted-proxy"
 */
public record Peer(
        InetAddress address,
        boolean isForwarded,
        boolean hasLocalHost,
        String host,
        Optional<String> origin,
        Optional<InetAddress> client,
        Optional<ProxyWord> word) {

    /** One that nobody speaks for. */
    public Peer(
            InetAddress address,
            boolean isForwarded,
            boolean hasLocalHost,
            String host,
            Optional<String> origin) {
        this(address, isForwarded, hasLocalHost, host, origin, Optional.empty(), Optional.empty());
    }

    /**
     * Reads {@code X-Forwarded-For}, to which each proxy adds whom it was called by: the last one
     * that is no trusted proxy itself. What was there before that could have been written by
     * anybody.
     *
     * @param address of the other end of the socket
     * @param trusted declared proxies
     */
    public static Optional<InetAddress> client(
            InetAddress address, List<String> forwarded, List<String> trusted) {
        if (!Proxies.contain(trusted, address)) {
            return Optional.empty();
        }
        return Stream.of(String.join(",", forwarded).split(","))
                .map(String::strip)
                .toList()
                .reversed()
                .stream()
                .map(Peer::literal)
                .filter(hop -> hop.isEmpty() || !Proxies.contain(trusted, hop.get()))
                .findFirst()
                .flatMap(hop -> hop);
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    /** Where the client is, as far as is known. */
    public InetAddress clientAddress() {
        return client.orElse(address);
    }

    /** Whether nobody stands between us and a program on this machine. */
    public boolean isDirectLoopback() {
        return address.isLoopbackAddress() && hasLocalHost && !isForwarded;
    }
}
