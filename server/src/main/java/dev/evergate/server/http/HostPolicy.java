package dev.evergate.server.http;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.Origins;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * Which names the gateway answers to (S3): a page that made its own name point to us must not get
 * in. Stateless.
 */
final class HostPolicy {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** To listen at every address is not to have one. */
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    private HostPolicy() {}

    /**
     * Whether {@code host} names the socket a request came in by, or is declared.
     *
     * @param defaultPort that is meant when the name has none
     */
    static boolean isAllowed(
            String host, int defaultPort, InetSocketAddress local, ConfigSnapshot.Gateway gateway) {
        String wanted = host.toLowerCase(Locale.ROOT);
        return (isOwn(name(wanted), local.getAddress(), gateway)
                        && port(wanted, defaultPort).equals(Integer.toString(local.getPort())))
                || isDeclared(wanted, gateway);
    }

    private static boolean isOwn(String name, InetAddress local, ConfigSnapshot.Gateway gateway) {
        return LOOPBACK.contains(name)
                || name.equals(local.getHostAddress())
                || isSixth(name, local)
                || (name.equals(gateway.bindHost().toLowerCase(Locale.ROOT))
                        && !WILDCARDS.contains(name));
    }

    /** What cannot be read as an origin has no name, and neither has who names nobody. */
    private static boolean isDeclared(String wanted, ConfigSnapshot.Gateway gateway) {
        return !wanted.isEmpty()
                && gateway.allowedOrigins().stream()
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

    /** As it is written: another way to write a number is not the one that browsers use. */
    private static String port(String host, int defaultPort) {
        int colon = portColon(host);
        return colon < 0 ? Integer.toString(defaultPort) : host.substring(colon + 1);
    }

    /** The colon before the port; those inside brackets belong to an IPv6 address. */
    private static int portColon(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? colon : -1;
    }

    /** Whether a name in brackets is this IPv6 address, however it is shortened. */
    private static boolean isSixth(String name, InetAddress local) {
        if (!(local instanceof Inet6Address) || !name.startsWith("[") || !name.endsWith("]")) {
            return false;
        }
        try {
            byte[] named =
                    Inet6Address.ofLiteral(name.substring(1, name.length() - 1)).getAddress();
            return Arrays.equals(named, local.getAddress());
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }
}
