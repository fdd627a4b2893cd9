package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem.Kind;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What keys have to be together. */
final class Rules {
    private static final String SIGNATURE = "signature";
    private static final String SECRET = "secret";

    private Rules() {}

    /**
     * A rule that does not hold.
     *
     * @param at the key that a person should look at
     * @param paths what cannot stay as it is
     */
    record Broken(ConfigPath at, List<ConfigPath> paths, Kind kind, String message) {
        Broken(ConfigPath at, List<ConfigPath> paths, String message) {
            this(at, paths, Kind.BAD_VALUE, message);
        }
    }

    /** Those that do not hold; values that are wrong by themselves count as missing. */
    static List<Broken> broken(JsonNode tree) {
        List<Broken> broken = new ArrayList<>();
        bind(tree, broken);
        auth(tree, broken);
        needs(tree, "gateway.tls", "enabled", "certPath", broken);
        needs(tree, "gateway.tls", "enabled", "keyPath", broken);
        needs(tree, "hooks", "enabled", "token", broken);
        webhookSecrets(tree, broken);
        signatures(tree, broken);
        Exposure.of(tree).ifPresent(broken::add);
        return broken;
    }

    private static void bind(JsonNode tree, List<Broken> broken) {
        ConfigPath bind = ConfigPath.parse("gateway.bind");
        ConfigPath host = ConfigPath.parse("gateway.customBindHost");
        switch (bind.find(tree).asString("")) {
            case "custom" -> {
                if (isMissing(host.find(tree))) {
                    broken.add(
                            new Broken(
                                    host,
                                    List.of(bind, host),
                                    "missing (expected: an address, since gateway.bind is \"custom\")"));
                }
            }
            case "tailnet" ->
                    broken.add(
                            new Broken(
                                    bind,
                                    List.of(bind),
                                    "\"tailnet\" cannot be found out yet (expected: the address itself,"
                                            + " such as \"100.64.0.7\")"));
            default -> {}
        }
    }

    private static void auth(JsonNode tree, List<Broken> broken) {
        ConfigPath auth = ConfigPath.parse("gateway.auth");
        String mode = auth.find(tree).path("mode").asString("token");
        if ((mode.equals("token") || mode.equals("password"))
                && isMissing(auth.child(mode).find(tree))) {
            broken.add(
                    new Broken(
                            auth.child(mode),
                            List.of(auth),
                            "missing (expected: a secret, or EVERGATE_GATEWAY_%s in the environment)"
                                    .formatted(mode.toUpperCase(Locale.ROOT))));
        }
        if (mode.equals("trusted-proxy")) {
            proxy(tree, auth, broken);
        }
    }

    /** A proxy whose word counts has to be known by its address, and says it in one place. */
    private static void proxy(JsonNode tree, ConfigPath auth, List<Broken> broken) {
        ConfigPath header = auth.child("trustedProxy").child("userHeader");
        if (isMissing(header.find(tree))) {
            broken.add(
                    new Broken(
                            header,
                            List.of(auth),
                            "missing (expected: the header in which the proxy names the user, since"
                                    + " gateway.auth.mode is \"trusted-proxy\")"));
        }
        ConfigPath proxies = ConfigPath.parse("gateway.trustedProxies");
        if (proxies.find(tree).isEmpty()) {
            broken.add(
                    new Broken(
                            proxies,
                            List.of(auth, proxies),
                            "empty (expected: the address of the proxy, since gateway.auth.mode is"
                                    + " \"trusted-proxy\")"));
        }
    }

    /** Whoever may call a hook must not thereby hold the gateway's own secret (S12). */
    private static void webhookSecrets(JsonNode tree, List<Broken> broken) {
        JsonNode auth = ConfigPath.parse("gateway.auth").find(tree);
        List<JsonNode> own =
                Stream.of(auth.path("token"), auth.path("password"))
                        .filter(secret -> !isMissing(secret))
                        .toList();
        ConfigPath hooks = ConfigPath.parse("hooks");
        List<ConfigPath> others = new ArrayList<>();
        others.add(hooks.child("token"));
        others.add(ConfigPath.parse("cron.webhookToken"));
        others.add(ConfigPath.parse("channels.telegram.webhookSecret"));
        mappings(tree).forEach(mapping -> others.add(mapping.child(SIGNATURE).child(SECRET)));
        for (ConfigPath other : others) {
            if (own.contains(other.find(tree))) {
                broken.add(
                        new Broken(
                                other,
                                List.of(other.equals(hooks.child("token")) ? hooks : other),
                                "is the gateway's own secret (expected: another one, since whoever"
                                        + " calls a hook would hold the gateway's too)"));
            }
        }
    }

    /** What is signed says so by its address, since that is looked at before its content. */
    private static void signatures(JsonNode tree, List<Broken> broken) {
        for (ConfigPath mapping : mappings(tree)) {
            ConfigPath signature = mapping.child(SIGNATURE);
            ConfigPath secret = signature.child(SECRET);
            ConfigPath path = mapping.child("match").child("path");
            if (!signature.find(tree).isObject()) {
                continue;
            }
            if (isMissing(secret.find(tree)) || !isKey(secret.find(tree).asString(""))) {
                broken.add(
                        new Broken(
                                secret,
                                List.of(signature),
                                "no secret (expected: a text, or whsec_ and Base64)"));
            }
            if (isMissing(path.find(tree))) {
                broken.add(
                        new Broken(
                                path,
                                List.of(signature),
                                "missing (expected: a path, since what comes there is signed)"));
            }
        }
    }

    private static boolean isKey(String secret) {
        try {
            return !secret.startsWith("whsec_")
                    || Base64.getDecoder().decode(secret.substring("whsec_".length())).length > 0;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static List<ConfigPath> mappings(JsonNode tree) {
        ConfigPath mappings = ConfigPath.parse("hooks.mappings");
        return IntStream.range(0, mappings.find(tree).size()).mapToObj(mappings::child).toList();
    }

    /** What is on has to have this. */
    private static void needs(
            JsonNode tree, String section, String flag, String name, List<Broken> broken) {
        ConfigPath path = ConfigPath.parse(section);
        if (path.find(tree).path(flag).asBoolean(false) && isMissing(path.child(name).find(tree))) {
            broken.add(
                    new Broken(
                            path.child(name),
                            List.of(path),
                            "missing (expected: a value, since %s.%s is true)"
                                    .formatted(section, flag)));
        }
    }

    static boolean isMissing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.asString("?").isEmpty();
    }
}
