package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.CRITICAL;
import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Whether secrets are ones, and where they lie. Tells their places only. */
record SecretChecks(Settings settings) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_][A-Z0-9_]*}");

    /** A shorter one can be found by trying, some day. */
    private static final int CHARS_MIN = 24;

    private static final int DIFFERENT_CHARS_MIN = 8;

    /** What everybody tries first. */
    private static final Set<String> KNOWN =
            Set.of(
                    "changeme",
                    "change-me",
                    "password",
                    "secret",
                    "token",
                    "admin",
                    "test",
                    "openclaw",
                    "evergate",
                    "12345678",
                    "123456789",
                    "qwerty",
                    "letmein",
                    "your-token",
                    "your-token-here",
                    "replace-me");

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(unresolved());
        findings.addAll(weak());
        findings.addAll(reused());
        findings.addAll(plain());
        settings.at("secrets.providers")
                .properties()
                .forEach(
                        provider -> {
                            if (provider.getValue().path("allowInsecurePath").asBoolean(false)) {
                                findings.add(
                                        new Finding(
                                                "secrets.allow_insecure_path",
                                                WARN,
                                                "Secrets are taken from where others can change"
                                                        + " them",
                                                "secrets.providers."
                                                        + provider.getKey()
                                                        + ".allowInsecurePath is on.",
                                                "Make the file yours alone (chmod 600), and take"
                                                        + " allowInsecurePath out"));
                            }
                        });
        return findings;
    }

    private List<Finding> unresolved() {
        return settings.problems().isEmpty()
                ? List.of()
                : List.of(
                        new Finding(
                                "config.unresolved",
                                WARN,
                                "The configuration does not mean all that it says",
                                settings.problems().getFirst(),
                                "Run: evergate config validate"));
    }

    private List<Finding> weak() {
        List<Finding> findings = new ArrayList<>();
        Map<String, String> own = new TreeMap<>();
        own.put(
                "gateway.auth." + settings.text("gateway.auth.mode", "token"),
                settings.gatewaySecret());
        if (settings.isOn("hooks.enabled")) {
            own.put("hooks.token", settings.text("hooks.token", ""));
        }
        own.forEach(
                (path, secret) -> {
                    String word = secret.strip().toLowerCase(Locale.ROOT);
                    boolean isShort =
                            secret.length() < CHARS_MIN
                                    || secret.chars().distinct().count() < DIFFERENT_CHARS_MIN;
                    if (KNOWN.contains(word)) {
                        findings.add(
                                new Finding(
                                        "secrets.well_known",
                                        CRITICAL,
                                        "A secret that everybody tries first",
                                        path + " is a word of examples and lists.",
                                        renewal(path)));
                    } else if (!secret.isEmpty() && isShort) {
                        findings.add(
                                new Finding(
                                        path.startsWith("hooks.")
                                                ? "hooks.token_too_short"
                                                : "gateway.token_too_short",
                                        settings.isOpen() ? CRITICAL : WARN,
                                        "A secret that can be guessed",
                                        "%s is short, or made of few characters (expected: %d or more, at random)."
                                                .formatted(path, CHARS_MIN),
                                        renewal(path)));
                    }
                });
        return findings;
    }

    private static String renewal(String path) {
        return "Run: evergate config set " + path + " \"$(openssl rand -base64 32)\"";
    }

    private List<Finding> reused() {
        Map<String, List<String>> places = new TreeMap<>();
        Settings.secrets(settings.resolved())
                .forEach(
                        (path, secret) ->
                                places.computeIfAbsent(secret, _ -> new ArrayList<>()).add(path));
        List<Finding> findings = new ArrayList<>();
        places.values().stream()
                .filter(paths -> paths.size() > 1)
                .map(SecretChecks::reused)
                .forEach(findings::add);
        return findings;
    }

    private static Finding reused(List<String> paths) {
        boolean isOwn = paths.stream().anyMatch(SecretChecks::isOwn);
        boolean isHooks = paths.contains("hooks.token");
        return new Finding(
                isHooks && paths.getFirst().startsWith("gateway.auth.")
                        ? "hooks.token_reuse_gateway_token"
                        : "secrets.reused",
                isOwn ? CRITICAL : INFO,
                "One secret opens several doors",
                String.join(", ", paths) + " are the same: whoever is told one knows all.",
                renewal(paths.getLast()));
    }

    /** Those that come from us: no other program needs to know them under another name. */
    private static boolean isOwn(String path) {
        return path.startsWith("gateway.auth.") || path.equals("hooks.token");
    }

    private List<Finding> plain() {
        Map<Boolean, List<String>> places = new TreeMap<>();
        Settings.secrets(settings.authored())
                .forEach(
                        (path, text) -> {
                            if (!VARIABLE.matcher(text).find()) {
                                places.computeIfAbsent(isOwn(path), _ -> new ArrayList<>())
                                        .add(path);
                            }
                        });
        List<Finding> findings = new ArrayList<>();
        places.forEach(
                (isOwn, paths) ->
                        findings.add(
                                new Finding(
                                        isOwn ? "secrets.own_plaintext" : "secrets.plaintext",
                                        isOwn ? INFO : WARN,
                                        isOwn
                                                ? "The gateway's own secret stands in the file"
                                                : "Secrets of others stand in the file",
                                        String.join(", ", paths)
                                                + ": whoever gets a copy of the file has them.",
                                        "Write ${NAME} there, and the value into .env beside it"
                                                + " (mode 600), or a secret reference")));
        return findings;
    }
}
