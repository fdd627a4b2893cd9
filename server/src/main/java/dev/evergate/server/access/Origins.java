package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;

/** Which web pages may talk to the gateway (S4). Stateless. */
public final class Origins {
    private static final Map<String, String> DEFAULT_PORTS = Map.of("http", ":80", "https", ":443");

    private Origins() {}

    /**
     * Whether a page of {@code origin} may, given the {@code Host} it used to get here. Where we
     * encrypt, a page that came in the clear is not ours: whoever stands on its way could have
     * written it.
     */
    public static boolean isAllowed(String origin, String host, ConfigSnapshot.Gateway gateway) {
        String wanted = normalized(origin);
        String own = host.toLowerCase(Locale.ROOT);
        return !wanted.isEmpty()
                && (wanted.equals(normalized("https://" + own))
                        || (gateway.tls().isEmpty() && wanted.equals(normalized("http://" + own)))
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

    /**
     * Scheme, host and port in lower case, as browsers send it (RFC 6454 section 6.2): without a
     * port that the scheme means anyway. Empty for {@code null} and everything malformed.
     */
    private static String normalized(String origin) {
        try {
            URI uri = new URI(origin.strip().toLowerCase(Locale.ROOT));
            String scheme = uri.getScheme();
            String server = uri.getRawAuthority();
            boolean isOrigin =
                    scheme != null
                            && server != null
                            && server.indexOf('@') < 0
                            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            if (!isOrigin) {
                return "";
            }
            String meant = DEFAULT_PORTS.getOrDefault(scheme, "");
            boolean isMeant = !meant.isEmpty() && server.endsWith(meant);
            int end = isMeant ? server.length() - meant.length() : server.length();
            return scheme + "://" + server.substring(0, end);
        } catch (URISyntaxException malformed) {
            return "";
        }
    }
}
