package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem.Kind;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who could come in over the network (S1): with a port that other computers reach, everybody has to
 * prove who they are, and nobody can read along.
 */
final class Exposure {
    /** Of a secret that strangers may guess at: 16 hexadecimal digits are 64 bits. */
    private static final int SECRET_CHARS_MIN = 16;

    private static final Pattern LOOPBACK =
            Pattern.compile("loopback|auto|127(\\.[0-9]{1,3}){3}|::1");

    /** What makes it up. None of it changes alone when together it lets strangers in. */
    private static final List<ConfigPath> PARTS =
            Stream.of("bind", "customBindHost", "trustedProxies", "tls", "auth")
                    .map(ConfigPath.parse("gateway")::child)
                    .toList();

    private static final String BACK = "\"loopback\": evergate config set gateway.bind loopback)";

    private Exposure() {}

    /** Why this may not be; empty if it may. Values that are wrong by themselves say nothing. */
    static Optional<Rules.Broken> of(JsonNode tree) {
        JsonNode gateway = tree.path("gateway");
        String bind = bind(gateway);
        if (LOOPBACK.matcher(bind).matches()) {
            return Optional.empty();
        }
        JsonNode auth = gateway.path("auth");
        String mode = text(auth.path("mode"), "token");
        if (mode.equals("none")) {
            return broken(
                    "auth.mode",
                    "\"none\" lets everybody in who reaches %s (expected: \"token\", or gateway.bind %s"
                            .formatted(bind, BACK));
        }
        if (!gateway.path("tls").path("enabled").asBoolean(false)
                && gateway.path("trustedProxies").isEmpty()) {
            return broken(
                    "bind",
                    ("%s lets others read along, since nothing encrypts (expected: gateway.tls with a certificate,"
                                    + " or the proxy that encrypts in gateway.trustedProxies, or %s")
                            .formatted(bind, BACK));
        }
        String name = mode.equals("token") ? "token" : "password";
        String secret = text(auth.path(name), "");
        return !secret.isEmpty() && secret.length() < SECRET_CHARS_MIN
                ? broken(
                        "auth." + name,
                        ("too short for everybody who reaches %s to guess at (expected: %d characters or more;"
                                        + " evergate gateway auth-token --rotate makes one)")
                                .formatted(bind, SECRET_CHARS_MIN))
                : Optional.empty();
    }

    private static String bind(JsonNode gateway) {
        String bind = text(gateway.path("bind"), "loopback");
        // Without an address it cannot be used, which is told elsewhere.
        return bind.equals("custom") ? text(gateway.path("customBindHost"), "loopback") : bind;
    }

    private static String text(JsonNode value, String otherwise) {
        return value.isString() ? value.stringValue() : otherwise;
    }

    private static Optional<Rules.Broken> broken(String key, String message) {
        ConfigPath at = ConfigPath.parse("gateway." + key);
        return Optional.of(new Rules.Broken(at, PARTS, Kind.EXPOSED, message));
    }
}
