package dev.evergate.core.config.schema;

import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Agents;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.Compacting;
import dev.evergate.core.config.ConfigSnapshot.ControlUi;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Gateway;
import dev.evergate.core.config.ConfigSnapshot.HookMapping;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.config.ConfigSnapshot.Jvm;
import dev.evergate.core.config.ConfigSnapshot.Lifecycle;
import dev.evergate.core.config.ConfigSnapshot.Logging;
import dev.evergate.core.config.ConfigSnapshot.Model;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.config.ConfigSnapshot.Operation;
import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.config.ConfigSnapshot.Provider;
import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
import dev.evergate.core.config.ConfigSnapshot.Tls;
import dev.evergate.core.config.ConfigSnapshot.TrustedProxy;
import dev.evergate.core.config.HookSignature;
import dev.evergate.core.config.RemotePictures;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes a snapshot of values that are as they must be. */
final class SnapshotReader {
    private static final String DEFAULT_AGENT = "main";

    private SnapshotReader() {}

    static ConfigSnapshot read(
            Values root, long number, String hash, List<ConfigProblem> problems) {
        return new ConfigSnapshot(
                number,
                hash,
                gateway(root.in("gateway"), http(root)),
                providers(root.in("models.providers")),
                agents(root.in("agents.defaults")),
                operation(root),
                problems);
    }

    private static Gateway gateway(Values gateway, Http http) {
        return new Gateway(
                gateway.whole("port"),
                host(gateway),
                tls(gateway.in("tls")),
                auth(gateway.in("auth")),
                gateway.texts("trustedProxies"),
                controlUi(gateway.in("controlUi")),
                http);
    }

    private static Http http(Values root) {
        Values endpoints = root.in("gateway.http.endpoints");
        Values memory = root.in("agents.defaults.memorySearch");
        return new Http(
                endpoints.flag("chatCompletions.enabled"),
                endpoints.flag("responses.enabled"),
                new Embedding(memory.text("provider"), memory.text("model")),
                hooks(root.in("hooks")),
                pictures(endpoints.in("chatCompletions.images")),
                pictures(endpoints.in("responses.images")));
    }

    private static RemotePictures pictures(Values images) {
        return new RemotePictures(
                images.flag("allowUrl"),
                images.texts("urlAllowlist"),
                images.texts("allowedMimes"),
                images.whole("maxBytes"),
                images.whole("maxRedirects"),
                images.whole("timeoutMs"));
    }

    private static String host(Values gateway) {
        return switch (gateway.text("bind")) {
            case "loopback", "auto" -> "127.0.0.1";
            case "lan" -> "0.0.0.0";
            case "custom" -> gateway.text("customBindHost");
            case String address -> address;
        };
    }

    private static Optional<Tls> tls(Values tls) {
        return tls.flag("enabled")
                ? Optional.of(
                        new Tls(
                                tls.path("certPath").orElseThrow(),
                                tls.path("keyPath").orElseThrow()))
                : Optional.empty();
    }

    private static Auth auth(Values auth) {
        Auth.Mode mode = constant(Auth.Mode.class, auth.text("mode"));
        Values limit = auth.in("rateLimit");
        return new Auth(
                mode,
                switch (mode) {
                    case TOKEN -> auth.secret("token");
                    case PASSWORD, TRUSTED_PROXY -> auth.secret("password");
                    case NONE -> Secret.none();
                },
                new RateLimit(
                        limit.whole("maxAttempts"),
                        limit.whole("windowMs"),
                        limit.whole("lockoutMs"),
                        limit.flag("exemptLoopback")),
                proxy(auth.in("trustedProxy")));
    }

    private static TrustedProxy proxy(Values proxy) {
        return new TrustedProxy(
                proxy.text("userHeader"),
                proxy.texts("requiredHeaders"),
                proxy.texts("allowUsers"),
                proxy.flag("allowLoopback"));
    }

    private static ControlUi controlUi(Values page) {
        return new ControlUi(
                page.texts("allowedOrigins"),
                page.flag("enabled"),
                withoutEmptySegments(page.text("basePath")),
                page.path("root"));
    }

    /** Two slashes at the beginning would name another host to a browser. */
    private static String withoutEmptySegments(String urlPath) {
        return Stream.of(urlPath.split("/"))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> "/" + segment)
                .collect(Collectors.joining());
    }

    private static Hooks hooks(Values hooks) {
        return new Hooks(
                hooks.flag("enabled"),
                hooks.secret("token"),
                hooks.text("path"),
                hooks.whole("maxBodyBytes"),
                hooks.texts("allowedAgentIds"),
                new SessionKeys(
                        hooks.text("defaultSessionKey"),
                        hooks.flag("allowRequestSessionKey"),
                        hooks.texts("allowedSessionKeyPrefixes")),
                hooks.items("mappings").stream().map(SnapshotReader::mapping).toList());
    }

    private static HookMapping mapping(Values mapping) {
        HookMapping.Action action = constant(HookMapping.Action.class, mapping.text("action"));
        return new HookMapping(
                new HookMapping.Match(
                        mapping.text("match.path"),
                        mapping.text("match.source"),
                        signature(mapping.in("signature"))),
                action,
                mapping.text("name"),
                new HookMapping.Answerer(
                        mapping.text("agentId"),
                        mapping.text("model"),
                        mapping.text("thinking"),
                        mapping.find("timeoutSeconds").map(JsonNode::longValue).orElse(0L) * 1_000),
                mapping.text("sessionKey"),
                switch (action) {
                    case AGENT -> mapping.text("messageTemplate");
                    case WAKE -> mapping.text("textTemplate");
                },
                mapping.flag("allowUnsafeExternalContent"));
    }

    private static Optional<HookSignature> signature(Values signature) {
        return Optional.of(signature.secret("secret"))
                .filter(Secret::isPresent)
                .map(
                        secret ->
                                new HookSignature(
                                        constant(HookSignature.Form.class, signature.text("form")),
                                        secret));
    }

    private static Map<String, Provider> providers(Values all) {
        Map<String, Provider> providers = new LinkedHashMap<>();
        all.entries().forEach((id, provider) -> providers.put(id, provider(id, provider)));
        return providers;
    }

    private static Provider provider(String id, Values provider) {
        return new Provider(
                new ModelProviderSettings(
                        id,
                        URI.create(provider.text("baseUrl")),
                        provider.secret("apiKey"),
                        provider.secrets("headers"),
                        Duration.ofSeconds(provider.whole("timeoutSeconds"))),
                provider.text("api"),
                provider.items("models").stream().map(SnapshotReader::model).toList());
    }

    private static Model model(Values model) {
        String id = model.text("id");
        String name = model.text("name");
        return new Model(
                id,
                name.isEmpty() ? id : name,
                model.find("contextWindow").map(JsonNode::intValue).orElse(0),
                model.find("maxTokens").map(JsonNode::intValue).orElse(0),
                model.find("input").filter(SnapshotReader::isWithoutImages).isEmpty(),
                model.find("reasoning").map(JsonNode::booleanValue).orElse(false));
    }

    private static boolean isWithoutImages(JsonNode input) {
        return !input.isEmpty() && input.valueStream().noneMatch(i -> i.asString().equals("image"));
    }

    private static Agents agents(Values defaults) {
        return new Agents(
                DEFAULT_AGENT,
                ModelRef.parse(defaults.text("model.primary")),
                defaults.texts("model.fallbacks").stream()
                        .flatMap(name -> ModelRef.parse(name).stream())
                        .toList(),
                1_000L * defaults.whole("timeoutSeconds"),
                defaults.find("maxConcurrent")
                        .map(JsonNode::intValue)
                        .orElseGet(SnapshotReader::concurrent),
                new Compacting(
                        defaults.flag("compaction.enabled"),
                        defaults.whole("compaction.keepRecentTokens")));
    }

    /** Answers wait for models most of the time. */
    private static int concurrent() {
        return Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    }

    private static Operation operation(Values root) {
        return new Operation(
                new Logging(
                        constant(Logging.Level.class, root.text("logging.level")),
                        root.path("logging.file")),
                otel(root.in("diagnostics")),
                new Lifecycle(
                        root.whole("lifecycle.probationMs"),
                        constant(Lifecycle.Reload.class, root.text("gateway.reload.mode"))),
                new Jvm(
                        root.find("jvm.maxHeapMb")
                                .map(mb -> OptionalInt.of(mb.intValue()))
                                .orElseGet(OptionalInt::empty),
                        root.texts("jvm.options")));
    }

    /** Off without {@code diagnostics.enabled} and without an endpoint. */
    private static Optional<Otel> otel(Values diagnostics) {
        Values otel = diagnostics.in("otel");
        return otel.find("endpoint")
                .filter(_ -> diagnostics.flag("enabled") && otel.flag("enabled"))
                .map(
                        endpoint ->
                                new Otel(
                                        URI.create(endpoint.stringValue()),
                                        otel.secrets("headers"),
                                        otel.flag("traces"),
                                        otel.flag("metrics"),
                                        otel.flag("logs"),
                                        otel.decimal("sampleRate")));
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return Enum.valueOf(type, name.replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
