package dev.evergate.core.config;

import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One configuration, validated and whole: a request sees the same one from its start to its end.
 * Immutable.
 *
 * @param generation number of this configuration, from 1
 * @param hash opaque name of its content
 * @param operation how the process itself runs
 * @param problems what was kept but not understood
 */
public record ConfigSnapshot(
        long generation,
        String hash,
        Gateway gateway,
        Map<String, Provider> providers,
        Agents agents,
        Operation operation,
        List<ConfigProblem> problems) {
    public ConfigSnapshot {
        providers = Map.copyOf(providers);
        problems = List.copyOf(problems);
    }

    /** One that says nothing of its operation but where telemetry goes. */
    public ConfigSnapshot(
            long generation,
            String hash,
            Gateway gateway,
            Map<String, Provider> providers,
            Agents agents,
            Optional<Otel> otel,
            List<ConfigProblem> problems) {
        this(generation, hash, gateway, providers, agents, Operation.DEFAULTS.with(otel), problems);
    }

    /** Where telemetry goes; empty while it is off. */
    public Optional<Otel> otel() {
        return operation.otel();
    }

    /**
     * {@code gateway.*}.
     *
     * @param port 1 to 65535
     * @param bindHost the address to listen on, such as {@code 127.0.0.1}
     * @param tls empty for connections in the clear
     * @param trustedProxies addresses, or ranges such as {@code 10.0.0.0/24}, whose forwarding
     *     headers are believed
     */
    public record Gateway(
            int port,
            String bindHost,
            Optional<Tls> tls,
            Auth auth,
            List<String> trustedProxies,
            ControlUi controlUi,
            Http http) {
        public Gateway {
            trustedProxies = List.copyOf(trustedProxies);
        }

        /** In the clear, with everything else as it is when nothing is said of it. */
        public Gateway(
                int port,
                String bindHost,
                Auth auth,
                List<String> allowedOrigins,
                List<String> trustedProxies) {
            this(
                    port,
                    bindHost,
                    Optional.empty(),
                    auth,
                    trustedProxies,
                    new ControlUi(allowedOrigins, true, "", Optional.empty()),
                    Http.DEFAULTS);
        }

        /** Page origins that may connect besides the gateway's own. */
        public List<String> allowedOrigins() {
            return controlUi.allowedOrigins();
        }
    }

    /**
     * {@code gateway.tls.*}; both files are PEM, and their paths absolute.
     *
     * @param certificate the gateway's own first, then those that vouch for it
     */
    public record Tls(Path certificate, Path key) {}

    /**
     * {@code gateway.controlUi.*}.
     *
     * @param allowedOrigins page origins that may connect besides the gateway's own
     * @param basePath what its addresses begin with: empty, or a slash and what follows, without
     *     one at the end
     * @param root the folder of its files, absolute; empty if there is none
     */
    public record ControlUi(
            List<String> allowedOrigins, boolean isEnabled, String basePath, Optional<Path> root) {
        public ControlUi {
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }

    /**
     * {@code gateway.http.*} and {@code hooks.*}: what is served besides the control plane.
     *
     * @param servesChatCompletions whether {@code /v1/chat/completions} is there
     * @param servesResponses whether {@code /v1/responses} is there
     * @param embedding the model behind {@code /v1/embeddings}
     * @param completionPictures what requests to the first have fetched
     * @param responsePictures what requests to the second have fetched
     */
    public record Http(
            boolean servesChatCompletions,
            boolean servesResponses,
            Embedding embedding,
            Hooks hooks,
            RemotePictures completionPictures,
            RemotePictures responsePictures) {
        /** Nothing is. */
        public static final Http DEFAULTS = new Http(false, false, Embedding.NONE, Hooks.OFF);

        /** Without pictures from elsewhere. */
        public Http(
                boolean servesChatCompletions,
                boolean servesResponses,
                Embedding embedding,
                Hooks hooks) {
            this(
                    servesChatCompletions,
                    servesResponses,
                    embedding,
                    hooks,
                    RemotePictures.OFF,
                    RemotePictures.OFF);
        }

        /** Whether the agents are shown as models. */
        public boolean servesModels() {
            return servesChatCompletions || servesResponses;
        }
    }

    /**
     * {@code agents.defaults.memorySearch.*}: who turns texts into vectors. What is absent is
     * empty.
     *
     * @param provider whose model it is, if {@code model} does not say so itself
     * @param model by its own name, or {@code provider/model}
     */
    public record Embedding(String provider, String model) {
        /** Nobody. */
        public static final Embedding NONE = new Embedding("", "");

        /** The model; empty if none is named, or nobody's. */
        public Optional<ModelRef> ref() {
            boolean isWhole = provider.isEmpty() || model.startsWith(provider + "/");
            return ModelRef.parse(isWhole ? model : provider + "/" + model);
        }
    }

    /**
     * {@code hooks.*}.
     *
     * @param token what a caller proves itself with; there is one while hooks are enabled
     * @param path begins with a slash and does not end with one
     * @param bodyBytesMax longest request, positive
     * @param allowedAgentIds agents that a caller may name; {@code *} for any
     */
    public record Hooks(
            boolean isEnabled,
            Secret token,
            String path,
            int bodyBytesMax,
            List<String> allowedAgentIds,
            SessionKeys sessionKeys,
            List<HookMapping> mappings) {
        /** They are not there. */
        public static final Hooks OFF =
                new Hooks(
                        false,
                        Secret.none(),
                        "/hooks",
                        262_144,
                        List.of("*"),
                        new SessionKeys("", false, List.of()),
                        List.of());

        public Hooks {
            allowedAgentIds = List.copyOf(allowedAgentIds);
            mappings = List.copyOf(mappings);
        }
    }

    /**
     * Which sessions hooks may speak in.
     *
     * @param standard of a request that names none; empty for a new one each time
     * @param areAsked whether a request may name one
     * @param prefixes beginnings that are allowed; empty for all
     */
    public record SessionKeys(String standard, boolean areAsked, List<String> prefixes) {
        public SessionKeys {
            prefixes = List.copyOf(prefixes);
        }
    }

    /**
     * {@code hooks.mappings[]}: what a request of another shape means. Texts that are absent are
     * empty.
     *
     * @param template the message or text, with {@code {{name}}} for values of the request
     * @param isTrusted whether what it says is taken as the owner's own words
     */
    public record HookMapping(
            Match match,
            Action action,
            String name,
            Answerer answerer,
            String sessionKey,
            String template,
            boolean isTrusted) {
        /**
         * Who answers, and how.
         *
         * @param agentId empty for the default agent
         * @param model {@code provider/model}; empty for the agent's own
         * @param thinking how long to think first; empty for as long as usual
         * @param timeoutMs longest time for the answer; 0 for what is configured
         */
        public record Answerer(String agentId, String model, String thinking, long timeoutMs) {
            /** The default agent, as usual. */
            public static final Answerer DEFAULT = new Answerer("", "", "", 0);
        }

        /**
         * Which requests are meant.
         *
         * @param path what follows the hooks' own; empty for any
         * @param source the request's {@code source}; empty for any
         * @param signature what proves them; empty for the hooks' own token
         */
        public record Match(String path, String source, Optional<HookSignature> signature) {
            /** Proven by the hooks' own token. */
            public Match(String path, String source) {
                this(path, source, Optional.empty());
            }
        }

        /** The values of {@code hooks.mappings[].action}. */
        public enum Action {
            AGENT,
            WAKE
        }
    }

    /**
     * {@code gateway.auth.*}: how clients prove themselves, and with what.
     *
     * @param secret that of the mode; with {@link Mode#TRUSTED_PROXY} what clients of this computer
     *     show that do not come through the proxy, absent if there is nothing to show; absent with
     *     {@link Mode#NONE}
     * @param proxy whose word counts with {@link Mode#TRUSTED_PROXY}
     */
    public record Auth(Mode mode, Secret secret, RateLimit rateLimit, TrustedProxy proxy) {
        /** With the limit that holds when nothing is said of it. */
        public Auth(Mode mode, Secret secret) {
            this(mode, secret, RateLimit.DEFAULTS, TrustedProxy.NOBODY);
        }

        /** The values of {@code gateway.auth.mode}. */
        public enum Mode {
            TOKEN,
            PASSWORD,
            /** A proxy in front says who somebody is. */
            TRUSTED_PROXY,
            /** Insecure: every program of this computer may do everything. */
            NONE
        }
    }

    /**
     * {@code gateway.auth.trustedProxy.*}: how a proxy says who somebody is.
     *
     * @param userHeader the header with the user
     * @param requiredHeaders further headers without which a request does not come from the proxy
     * @param allowUsers who may come in; empty for everybody the proxy lets through
     * @param allowsLoopback whether the proxy may run on this computer
     */
    public record TrustedProxy(
            String userHeader,
            List<String> requiredHeaders,
            List<String> allowUsers,
            boolean allowsLoopback) {
        /** No proxy's word counts. */
        public static final TrustedProxy NOBODY = new TrustedProxy("", List.of(), List.of(), false);

        public TrustedProxy {
            requiredHeaders = List.copyOf(requiredHeaders);
            allowUsers = List.copyOf(allowUsers);
        }
    }

    /**
     * {@code gateway.auth.rateLimit.*}: how often somebody may be wrong.
     *
     * @param maxAttempts wrong secrets from one address within the window, at least 1
     * @param windowMs positive
     * @param lockoutMs how long the address is refused afterwards, positive
     * @param isLoopbackExempt whether this computer may be wrong as often as it likes
     */
    public record RateLimit(
            int maxAttempts, long windowMs, long lockoutMs, boolean isLoopbackExempt) {
        /** What holds when nothing is said. */
        public static final RateLimit DEFAULTS = new RateLimit(10, 60_000, 300_000, true);
    }

    /** How the process itself runs. */
    public record Operation(Logging logging, Optional<Otel> otel, Lifecycle lifecycle, Jvm jvm) {
        /** What holds when nothing is said. */
        public static final Operation DEFAULTS =
                new Operation(
                        new Logging(Logging.Level.INFO, Optional.empty()),
                        Optional.empty(),
                        new Lifecycle(30_000, Lifecycle.Reload.HYBRID),
                        new Jvm(OptionalInt.empty(), List.of()));

        /** The same, with telemetry going elsewhere. */
        public Operation with(Optional<Otel> elsewhere) {
            return new Operation(logging, elsewhere, lifecycle, jvm);
        }
    }

    /**
     * {@code logging.*}.
     *
     * @param file absolute; empty for the log in the state directory
     */
    public record Logging(Level level, Optional<Path> file) {
        /** The values of {@code logging.level}, each with those above it. */
        public enum Level {
            SILENT,
            FATAL,
            ERROR,
            WARN,
            INFO,
            DEBUG,
            TRACE
        }
    }

    /**
     * {@code lifecycle.*} and {@code gateway.reload.mode}.
     *
     * @param probationMs time in which a new configuration may be taken back, 0 or more
     */
    public record Lifecycle(long probationMs, Reload reload) {
        /** The values of {@code gateway.reload.mode}. */
        public enum Reload {
            /** A change of the file comes into force by itself. */
            HYBRID,
            /** A change of the file is validated only. */
            OFF
        }
    }

    /**
     * {@code jvm.*}: what the Java machine of a generation is started with besides its own.
     *
     * @param maxHeapMb in MiB; empty to leave it to the program
     */
    public record Jvm(OptionalInt maxHeapMb, List<String> options) {
        public Jvm {
            options = List.copyOf(options);
        }
    }

    /**
     * {@code diagnostics.otel.*}: an OpenTelemetry collector that speaks OTLP over HTTP.
     *
     * @param endpoint its base address; {@code /v1/traces} and so on are added
     * @param headers sent with everything
     * @param sampleRate the share of answers that are traced, 0 to 1; restarts always are
     */
    public record Otel(
            URI endpoint,
            Map<String, Secret> headers,
            boolean traces,
            boolean metrics,
            boolean logs,
            double sampleRate) {
        public Otel {
            headers = Map.copyOf(headers);
        }
    }

    /** {@code models.providers.<id>}. */
    public record Provider(ModelProviderSettings settings, String api, List<Model> models) {
        public Provider {
            models = List.copyOf(models);
        }
    }

    /**
     * {@code models.providers.<id>.models[]}.
     *
     * @param contextWindow tokens; 0 when not known
     * @param maxTokens longest answer in tokens; 0 when not set
     * @param seesImages whether it may be shown pictures
     * @param reasons whether it can be told how long to think
     */
    public record Model(
            String id,
            String name,
            int contextWindow,
            int maxTokens,
            boolean seesImages,
            boolean reasons) {}

    /**
     * {@code agents.*}.
     *
     * @param defaultId the agent that answers when nobody else is named
     * @param primary the model that is asked first; empty if none is configured
     * @param fallbacks models asked in turn when the ones before cannot answer
     * @param timeoutMs longest time for one answer, positive
     * @param maxConcurrent turns at the same time, at least 1
     * @param compacting how long conversations become short enough for models
     */
    public record Agents(
            String defaultId,
            Optional<ModelRef> primary,
            List<ModelRef> fallbacks,
            long timeoutMs,
            int maxConcurrent,
            Compacting compacting) {
        public Agents {
            fallbacks = List.copyOf(fallbacks);
        }

        /** With what holds for long conversations when nothing is said of it. */
        public Agents(
                String defaultId,
                Optional<ModelRef> primary,
                List<ModelRef> fallbacks,
                long timeoutMs,
                int maxConcurrent) {
            this(defaultId, primary, fallbacks, timeoutMs, maxConcurrent, Compacting.DEFAULTS);
        }
    }

    /**
     * {@code agents.defaults.compaction.*}.
     *
     * @param isAutomatic whether long conversations are summed up by themselves
     * @param keepRecentTokens what stays as it is at their end, 0 or more
     */
    public record Compacting(boolean isAutomatic, int keepRecentTokens) {
        /** What holds when nothing is said. */
        public static final Compacting DEFAULTS = new Compacting(true, 20_000);
    }

    /** A model by name: {@code provider/model}. The model's own name may contain slashes. */
    public record ModelRef(String provider, String model) {
        /** Reads {@code provider/model}; empty if there is no such form. */
        public static Optional<ModelRef> parse(String text) {
            int slash = text.indexOf('/');
            return slash <= 0 || slash == text.length() - 1
                    ? Optional.empty()
                    : Optional.of(
                            new ModelRef(text.substring(0, slash), text.substring(slash + 1)));
        }

        @Override
        public String toString() {
            return provider + "/" + model;
        }
    }

    /** The configured model a reference names, with its provider. */
    public Optional<Provider> provider(ModelRef ref) {
        return Optional.ofNullable(providers.get(ref.provider()));
    }
}
