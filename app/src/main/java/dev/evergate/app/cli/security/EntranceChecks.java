package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.CRITICAL;
import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who reaches the gateway, and how they prove who they are. */
record EntranceChecks(Settings settings) {
    private static final Set<String> EVERYBODY = Set.of("*", "0.0.0.0/0", "::/0", "0.0.0.0", "::");

    /** More wrong secrets than that in a minute are no mistakes. */
    private static final long ATTEMPTS_A_MINUTE_MAX = 100;

    private static final long LOCKOUT_MS_MIN = 10_000;

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(authentication());
        findings.addAll(encryption());
        findings.addAll(proxies());
        findings.addAll(origins());
        findings.addAll(rateLimit());
        return findings;
    }

    private List<Finding> authentication() {
        if (!settings.text("gateway.auth.mode", "token").equals("none")) {
            return List.of();
        }
        return List.of(
                settings.isOpen()
                        ? new Finding(
                                "gateway.bind_no_auth",
                                CRITICAL,
                                "Everybody on the network may do everything",
                                "gateway.auth.mode is \"none\", and gateway.bind lets in more than"
                                        + " this computer. The gateway refuses to start so.",
                                "Run: evergate config set gateway.auth.mode token")
                        : new Finding(
                                "gateway.loopback_no_auth",
                                CRITICAL,
                                "Every program on this computer may do everything",
                                "gateway.auth.mode is \"none\": any user, program or container here"
                                        + " that reaches the port can use the gateway.",
                                "Run: evergate config set gateway.auth.mode token"));
    }

    private List<Finding> encryption() {
        boolean isProtected =
                settings.isOn("gateway.tls.enabled")
                        || !settings.texts("gateway.trustedProxies").isEmpty();
        return settings.isOpen() && !isProtected
                ? List.of(
                        new Finding(
                                "gateway.bind_no_tls",
                                CRITICAL,
                                "Secrets travel the network in the clear",
                                "gateway.bind lets in more than this computer, without gateway.tls"
                                        + " and without a proxy in gateway.trustedProxies that"
                                        + " encrypts.",
                                "Run: evergate config set gateway.bind loopback; or set"
                                        + " gateway.tls.certPath, keyPath and enabled"))
                : List.of();
    }

    private List<Finding> proxies() {
        List<Finding> findings = new ArrayList<>();
        List<String> proxies = settings.texts("gateway.trustedProxies");
        if (proxies.stream().anyMatch(EVERYBODY::contains)) {
            findings.add(
                    new Finding(
                            "gateway.trusted_proxies_everybody",
                            CRITICAL,
                            "Everybody is believed to be a proxy",
                            "gateway.trustedProxies holds an address that stands for all: whoever"
                                    + " connects can claim to be somebody else.",
                            "List the proxy's own addresses in gateway.trustedProxies"));
        }
        if (!settings.text("gateway.auth.mode", "token").equals("trusted-proxy")) {
            return findings;
        }
        if (proxies.isEmpty()) {
            findings.add(
                    new Finding(
                            "gateway.trusted_proxy_no_proxies",
                            CRITICAL,
                            "No proxy is trusted to say who somebody is",
                            "gateway.auth.mode is \"trusted-proxy\", and gateway.trustedProxies is"
                                    + " empty.",
                            "List the proxy's addresses in gateway.trustedProxies"));
        }
        if (settings.isOn("gateway.auth.trustedProxy.allowLoopback")) {
            findings.add(
                    new Finding(
                            "gateway.trusted_proxy_loopback",
                            WARN,
                            "Programs on this computer may say who they are",
                            "gateway.auth.trustedProxy.allowLoopback is on: any program here that"
                                    + " sends the proxy's headers is believed.",
                            "Run: evergate config unset gateway.auth.trustedProxy.allowLoopback"));
        }
        if (settings.texts("gateway.auth.trustedProxy.allowUsers").isEmpty()) {
            findings.add(
                    new Finding(
                            "gateway.trusted_proxy_no_allowlist",
                            INFO,
                            "Whoever the proxy knows may come in",
                            "gateway.auth.trustedProxy.allowUsers is empty.",
                            "List those who may in gateway.auth.trustedProxy.allowUsers"));
        }
        return findings;
    }

    private List<Finding> origins() {
        List<Finding> findings = new ArrayList<>();
        List<String> origins = settings.texts("gateway.controlUi.allowedOrigins");
        if (origins.stream().anyMatch(origin -> origin.contains("*") || origin.equals("null"))) {
            findings.add(
                    new Finding(
                            "gateway.control_ui.allowed_origins_wildcard",
                            settings.isOpen() ? CRITICAL : WARN,
                            "Pages of everybody are meant to come in",
                            "gateway.controlUi.allowedOrigins holds \"*\" or \"null\". Evergate"
                                    + " takes no such thing for an origin; other programs that read"
                                    + " this file may.",
                            "List whole origins, such as https://gate.example"));
        }
        if (origins.stream().anyMatch(Settings::isReadable)) {
            findings.add(
                    new Finding(
                            "gateway.control_ui.allowed_origins_http",
                            WARN,
                            "A page that travels in the clear may come in",
                            "gateway.controlUi.allowedOrigins holds a http:// origin of another"
                                    + " computer: whoever is on the way can put a script into it.",
                            "Serve that page over https://, and list it so"));
        }
        return findings;
    }

    private List<Finding> rateLimit() {
        long attempts = settings.at("gateway.auth.rateLimit.maxAttempts").asLong(10);
        long windowMs = Math.max(1, settings.at("gateway.auth.rateLimit.windowMs").asLong(60_000));
        long lockoutMs = settings.at("gateway.auth.rateLimit.lockoutMs").asLong(300_000);
        boolean isLoose = attempts * 60_000.0 / windowMs > ATTEMPTS_A_MINUTE_MAX;
        return isLoose || lockoutMs < LOCKOUT_MS_MIN
                ? List.of(
                        new Finding(
                                "gateway.auth_no_rate_limit",
                                WARN,
                                "Secrets may be guessed at quickly",
                                "gateway.auth.rateLimit lets one address try %d times in %d ms, and"
                                                .formatted(attempts, windowMs)
                                        + " locks it out for %d ms.".formatted(lockoutMs),
                                "Run: evergate config unset gateway.auth.rateLimit"))
                : List.of();
    }
}
