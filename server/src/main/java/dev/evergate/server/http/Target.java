package dev.evergate.server.http;

import java.util.Locale;
import java.util.Optional;

/**
 * What a request is for (RFC 9112 section 3.2).
 *
 * @param path as it came, without the query
 * @param query what stands behind the question mark, as it came; empty if there is none
 */
record Target(String path, String query) {
    /**
     * Reads the target of a request line. One that names the server as well must name the one that
     * {@code Host} names: else it depends on who reads it whose request it is.
     *
     * @return empty for what no request to us has: another server, a name to tunnel to
     */
    static Optional<Target> of(String uri, String host) {
        String own = "http://" + host;
        String secure = "https://" + host;
        return uri.startsWith("/")
                ? Optional.of(local(uri))
                : below(uri, own).or(() -> below(uri, secure));
    }

    private static Optional<Target> below(String uri, String server) {
        String prefix = server.toLowerCase(Locale.ROOT);
        if (!uri.toLowerCase(Locale.ROOT).startsWith(prefix)) {
            return Optional.empty();
        }
        String rest = uri.substring(prefix.length());
        return switch (rest.isEmpty() ? '/' : rest.charAt(0)) {
            case '/' -> Optional.of(local(rest.isEmpty() ? "/" : rest));
            case '?' -> Optional.of(local("/" + rest));
            default -> Optional.empty(); // a longer name
        };
    }

    private static Target local(String uri) {
        int question = uri.indexOf('?');
        return question < 0
                ? new Target(uri, "")
                : new Target(uri.substring(0, question), uri.substring(question + 1));
    }
}
