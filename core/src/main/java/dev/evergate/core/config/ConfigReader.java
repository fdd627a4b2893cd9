package dev.evergate.core.config;

import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.Agents;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.Gateway;
import dev.evergate.core.config.ConfigSnapshot.Model;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.config.ConfigSnapshot.Provider;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a snapshot of a configuration's tree. Stateless: what is wrong is collected, all of it, and
 * named by key.
 */
final class ConfigReader {
    static final int DEFAULT_PORT = 18_789;

    private static final String DEFAULT_AGENT = "main";
    private static final int DEFAULT_TURN_TIMEOUT_S = 1_800;

    /** Loading a large local model may take minutes; hosted ones answer sooner or not at all. */
    private static final int DEFAULT_PROVIDER_TIMEOUT_S = 120;

    private final ConfigOverrides overrides;

    ConfigReader(ConfigOverrides overrides) {
        this.overrides = overrides;
    }

    /** A snapshot if nothing stands against it; otherwise only problems. */
    record Reading(Optional<ConfigSnapshot> snapshot, List<ConfigProblem> problems) {}

    Reading read(ConfigSection root, String hash) {
        Gateway gateway = gateway(root.section("gateway"));
        Map<String, Provider> providers = providers(root.section("models").section("providers"));
        Agents agents = agents(root.section("agents").section("defaults"));
        Optional<Otel> otel = otel(root.section("diagnostics"));
        List<ConfigProblem> problems = root.problems();
        if (!problems.isEmpty()) {
            return new Reading(Optional.empty(), problems);
        }
        return new Reading(
                Optional.of(
                        new ConfigSnapshot(1, hash, gateway, providers, agents, otel, List.of())),
                List.of());
    }

    private Gateway gateway(ConfigSection section) {
        int port = section.number("port", DEFAULT_PORT, 1, 65_535);
        String host = bindHost(section);
        return new Gateway(
                overrides.port().orElse(port),
                overrides.bind().map(ConfigReader::hostOfBind).orElse(host),
                auth(section.section("auth")),
                section.section("controlUi").texts("allowedOrigins"),
                section.texts("trustedProxies"));
    }

    private static String bindHost(ConfigSection section) {
        String bind = section.text("bind", "loopback");
        String custom = section.text("customBindHost", "");
        if (!bind.equals("custom")) {
            return hostOfBind(bind);
        }
        if (custom.isEmpty()) {
            section.problem(
                    "customBindHost",
                    "missing (expected: an address, since gateway.bind is \"custom\")");
        }
        return custom;
    }

    private static String hostOfBind(String bind) {
        return switch (bind) {
            case "loopback", "auto" -> "127.0.0.1";
            case "lan" -> "0.0.0.0";
            default -> bind;
        };
    }

    private Auth auth(ConfigSection section) {
        String mode = section.oneOf("mode", "token", List.of("token", "password"));
        Auth.Mode authMode = Auth.Mode.valueOf(mode.toUpperCase(Locale.ROOT));
        String configured = section.text(mode, "");
        Secret given = authMode == Auth.Mode.TOKEN ? overrides.token() : overrides.password();
        Secret secret = given.isPresent() ? given : Secret.of(configured);
        if (!secret.isPresent()) {
            section.problem(
                    mode,
                    "missing (expected: a secret, or EVERGATE_GATEWAY_%s in the environment)"
                            .formatted(mode.toUpperCase(Locale.ROOT)));
        }
        return new Auth(authMode, secret);
    }

    /** Off without {@code diagnostics.enabled} and without an endpoint. */
    private static Optional<Otel> otel(ConfigSection diagnostics) {
        ConfigSection section = diagnostics.section("otel");
        boolean isOn = diagnostics.flag("enabled", false) && section.has("endpoint");
        Map<String, Secret> headers = new LinkedHashMap<>();
        section.section("headers")
                .allTexts()
                .forEach((name, value) -> headers.put(name, Secret.of(value)));
        boolean traces = section.flag("traces", true);
        boolean metrics = section.flag("metrics", true);
        boolean logs = section.flag("logs", true);
        double sampleRate = section.fraction("sampleRate", 1);
        return isOn
                ? section.httpUrl("endpoint")
                        .map(url -> new Otel(url, headers, traces, metrics, logs, sampleRate))
                : Optional.empty();
    }

    private static Map<String, Provider> providers(ConfigSection section) {
        Map<String, Provider> providers = new LinkedHashMap<>();
        for (String id : section.names()) {
            ConfigSection provider = section.section(id);
            Optional<URI> baseUrl = provider.httpUrl("baseUrl");
            String api = provider.text("api", "openai-completions");
            int timeoutS = provider.number("timeoutSeconds", DEFAULT_PROVIDER_TIMEOUT_S, 1, 3_600);
            List<Model> models = models(provider);
            Secret apiKey = Secret.of(provider.text("apiKey", ""));
            Map<String, Secret> headers = new LinkedHashMap<>();
            provider.section("headers")
                    .allTexts()
                    .forEach((name, value) -> headers.put(name, Secret.of(value)));
            baseUrl.ifPresent(
                    url ->
                            providers.put(
                                    id,
                                    new Provider(
                                            new ModelProviderSettings(
                                                    id,
                                                    url,
                                                    apiKey,
                                                    headers,
                                                    Duration.ofSeconds(timeoutS)),
                                            api,
                                            models)));
        }
        return providers;
    }

    private static List<Model> models(ConfigSection provider) {
        List<Model> models = new ArrayList<>();
        for (ConfigSection model : provider.sections("models")) {
            String id = model.text("id", "");
            if (id.isEmpty()) {
                model.problem("id", "missing (expected: the model's name at its provider)");
            }
            models.add(
                    new Model(
                            id,
                            model.text("name", id),
                            model.number("contextWindow", 0, 0, Integer.MAX_VALUE),
                            model.number("maxTokens", 0, 0, Integer.MAX_VALUE)));
        }
        return models;
    }

    private static Agents agents(ConfigSection defaults) {
        // OpenClaw accepts the bare name as well as {primary, fallbacks}.
        ConfigSection model = defaults.section("model");
        Optional<ModelRef> primary =
                defaults.isText("model")
                        ? modelRef(defaults, "model", defaults.text("model", ""))
                        : modelRef(model, "primary", model.text("primary", ""));
        List<ModelRef> fallbacks =
                defaults.isText("model")
                        ? List.of()
                        : model.texts("fallbacks").stream()
                                .flatMap(name -> modelRef(model, "fallbacks", name).stream())
                                .toList();
        int maxConcurrentDefault = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
        return new Agents(
                DEFAULT_AGENT,
                primary,
                fallbacks,
                1_000L * defaults.number("timeoutSeconds", DEFAULT_TURN_TIMEOUT_S, 1, 86_400),
                defaults.number("maxConcurrent", maxConcurrentDefault, 1, 10_000));
    }

    private static Optional<ModelRef> modelRef(ConfigSection section, String name, String text) {
        Optional<ModelRef> ref = ModelRef.parse(text);
        if (ref.isEmpty() && !text.isEmpty()) {
            section.problem(name, "\"%s\" (expected: provider/model)".formatted(text));
        }
        return ref;
    }
}
