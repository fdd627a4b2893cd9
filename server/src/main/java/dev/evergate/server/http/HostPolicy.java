package dev.evergate.server.http;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.Origins;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;

/**
 * Which names the gateway answers to (S3): a page that made its own name point to us must not get
 * in. Stateless.
 */
final class HostPolicy {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private HostPolicy() {}

    /**
     * Whether {@code host} names the socket a request came in by, or is declared.
     *
     * @param defaultPort that is meant when the name has none
     */
    static boolean isAllowed(
            String host, int defaultPort, InetSocketAddress local, ConfigSnapshot.Gateway gateway) {
        String wanted = host.toLowerCase(Locale.ROOT);
        boolean isOwnName =
                LOOPBACK.contains(name(wanted))
                        || name(wanted).equals(literal(local.getAddress()))
                        || name(wanted).equals(gateway.bindHost().toLowerCase(Locale.ROOT));
        return (isOwnName && port(wanted, defaultPort) == local.getPort())
                || gateway.allowedOrigins().stream()
                        .anyMatch(origin -> Origins.host(origin).equals(wanted));
    }

    /** Whether a {@code Host} names the loopback interface. */
    static boolean isLoopback(String host) {
        return LOOPBACK.contains(name(host.toLowerCase(Locale.ROOT)));
    }

    private static String name(String host) {
        int colon = portColon(host);
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static int port(String host, int defaultPort) {
        int colon = portColon(host);
        if (colon < 0) {
            return defaultPort;
        }
        try {
            return Integer.parseInt(host.substring(colon + 1));
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }

    /** The colon before the port; those inside brackets belong to an IPv6 address. */
    private static int portColon(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? colon : -1;
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.indexOf(':') < 0 ? text : "[" + text + "]";
    }
}
