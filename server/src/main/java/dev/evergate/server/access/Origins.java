package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Which web pages may talk to the gateway (S4). Stateless. */
public final class Origins {
    private Origins() {}

    /** Whether a page of {@code origin} may, given the {@code Host} it used to get here. */
    public static boolean isAllowed(String origin, String host, ConfigSnapshot.Gateway gateway) {
        String wanted = normalized(origin);
        return !wanted.isEmpty()
                && (wanted.equals("http://" + host.toLowerCase(Locale.ROOT))
                        || wanted.equals("https://" + host.toLowerCase(Locale.ROOT))
                        || gateway.allowedOrigins().stream()
                                .anyMatch(allowed -> normalized(allowed).equals(wanted)));
    }

    static boolean isWellFormed(String origin) {
        return !normalized(origin).isEmpty();
    }

    /** The host and port of an origin as a {@code Host} header shows them; empty if malformed. */
    public static String host(String origin) {
        String plain = normalized(origin);
        int slashes = plain.indexOf("://");
        return slashes < 0 ? "" : plain.substring(slashes + 3);
    }

    /** Scheme, host and port in lower case; empty for {@code null} and everything malformed. */
    private static String normalized(String origin) {
        try {
            URI uri = new URI(origin.strip());
            if (uri.getScheme() == null || uri.getRawAuthority() == null) {
                return "";
            }
            return (uri.getScheme() + "://" + uri.getRawAuthority()).toLowerCase(Locale.ROOT);
        } catch (URISyntaxException malformed) {
            return "";
        }
    }
}
