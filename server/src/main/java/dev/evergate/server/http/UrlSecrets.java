package dev.evergate.server.http;

import dev.evergate.server.exchange.HttpAnswer;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses requests that carry a secret in their URL, which ends up in histories, logs and referrers
 * (S5): taken once, it would be sent so for ever. Stateless.
 */
final class UrlSecrets {
    /** In lower case, without what stands between words. */
    private static final Set<String> NAMES =
            Set.of(
                    "token",
                    "accesstoken",
                    "apikey",
                    "authorization",
                    "authtoken",
                    "bootstraptoken",
                    "devicetoken",
                    "gatewaytoken",
                    "password",
                    "secret");

    private static final HttpAnswer REFUSAL =
            HttpAnswer.invalid(
                    "A secret in a URL is not taken, because URLs are kept in histories and logs."
                            + " Send it as the header Authorization: Bearer <token>, or as"
                            + " auth.token in the connect request of a WebSocket.");

    private UrlSecrets() {}

    /**
     * What a request gets whose URL carries a secret.
     *
     * @param query what stands behind the question mark
     */
    static Optional<HttpAnswer> refusal(String query) {
        for (String parameter : query.split("[&;]")) {
            if (NAMES.contains(name(parameter))) {
                return Optional.of(REFUSAL);
            }
        }
        return Optional.empty();
    }

    private static String name(String parameter) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        return decoded(name).toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return name;
        }
    }
}
