package dev.evergate.server.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * An address that came from outside, as far as it can be judged without asking anybody. Immutable.
 *
 * @param host in lower case; an IPv6 address without its brackets
 * @param target path and query, as they are sent
 */
record OutsideUrl(boolean isEncrypted, String host, int port, String target) {
    private static final int CHARS_MAX = 4_096;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /**
     * @throws FetchRefused if nobody should ask there
     */
    static OutsideUrl parse(String text) throws FetchRefused {
        if (text.length() > CHARS_MAX) {
            throw new FetchRefused(
                    "has %d characters (expected: at most %d)".formatted(text.length(), CHARS_MAX));
        }
        try {
            return of(new URI(text));
        } catch (URISyntaxException malformed) {
            throw new FetchRefused("is no address (expected: https://host/path)", malformed);
        }
    }

    /**
     * Where a redirect leads.
     *
     * @throws FetchRefused if nobody should ask there
     */
    OutsideUrl redirected(String location) throws FetchRefused {
        String scheme = isEncrypted ? "https" : "http";
        try {
            URI here = new URI(scheme + "://" + authority() + target);
            OutsideUrl next = parse(here.resolve(new URI(location)).toString());
            if (isEncrypted && !next.isEncrypted()) {
                throw new FetchRefused("is redirected to an address without encryption");
            }
            return next;
        } catch (URISyntaxException malformed) {
            throw new FetchRefused("is redirected to no address", malformed);
        }
    }

    private static OutsideUrl of(URI url) throws FetchRefused {
        String scheme = lower(String.valueOf(url.getScheme()));
        boolean isEncrypted = scheme.equals("https");
        if (!isEncrypted && !scheme.equals("http")) {
            throw new FetchRefused("is of another kind (expected: https:// or http://)");
        }
        if (url.getRawUserInfo() != null) {
            throw new FetchRefused("names a user (expected: none, nobody logs in)");
        }
        if (url.getHost() == null) {
            throw new FetchRefused("names no host (expected: https://host/path)");
        }
        int port = url.getPort() >= 0 ? url.getPort() : isEncrypted ? HTTPS : HTTP;
        if (port != HTTP && port != HTTPS) {
            throw new FetchRefused("has the port %d (expected: 80 or 443)".formatted(port));
        }
        String path = url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String target = URI.create((path.isEmpty() ? "/" : path) + query).toASCIIString();
        return new OutsideUrl(
                isEncrypted, lower(url.getHost().replaceAll("[\\[\\]]", "")), port, target);
    }

    /** As the header {@code Host} has it. */
    String authority() {
        String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == (isEncrypted ? HTTPS : HTTP) ? name : name + ":" + port;
    }

    /**
     * Whether one of the patterns means this host: its name, or {@code *.} and what its name ends
     * with. No pattern at all means every host.
     */
    boolean isListed(List<String> patterns) {
        return patterns.isEmpty()
                || patterns.stream().map(OutsideUrl::lower).anyMatch(this::matches);
    }

    private boolean matches(String pattern) {
        return pattern.startsWith("*.")
                ? host.endsWith(pattern.substring(1))
                : host.equals(pattern);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
