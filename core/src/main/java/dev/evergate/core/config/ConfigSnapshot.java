package dev.evergate.core.config;

import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One configuration, validated and whole: a request sees the same one from its start to its end.
 * Immutable.
 *
 * @param generation number of this configuration, from 1
 * @param hash opaque name of its content
 * @param otel where telemetry goes; empty while it is off
 * @param problems what was kept but not understood
 */
public record ConfigSnapshot(
        long generation,
        String hash,
        Gateway gateway,
        Map<String, Provider> providers,
        Agents agents,
        Optional<Otel> otel,
        List<ConfigProblem> problems) {
    public ConfigSnapshot {
        providers = Map.copyOf(providers);
        problems = List.copyOf(problems);
    }

    /**
     * {@code gateway.*}.
     *
     * @param port 1 to 65535
     * @param bindHost the address to listen on, such as {@code 127.0.0.1}
     * @param allowedOrigins page origins that may connect besides the gateway's own
     * @param trustedProxies addresses whose forwarding headers are believed
     */
    public record Gateway(
            int port,
            String bindHost,
            Auth auth,
            List<String> allowedOrigins,
            List<String> trustedProxies) {
        public Gateway {
            allowedOrigins = List.copyOf(allowedOrigins);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /** {@code gateway.auth.*}: how clients prove themselves, and with what. */
    public record Auth(Mode mode, Secret secret) {
        /** The values of {@code gateway.auth.mode}. */
        public enum Mode {
            TOKEN,
            PASSWORD
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
     */
    public record Model(String id, String name, int contextWindow, int maxTokens) {}

    /**
     * {@code agents.*}.
     *
     * @param defaultId the agent that answers when nobody else is named
     * @param primary the model that is asked first; empty if none is configured
     * @param fallbacks models asked in turn when the ones before cannot answer
     * @param timeoutMs longest time for one answer, positive
     * @param maxConcurrent turns at the same time, at least 1
     */
    public record Agents(
            String defaultId,
            Optional<ModelRef> primary,
            List<ModelRef> fallbacks,
            long timeoutMs,
            int maxConcurrent) {
        public Agents {
            fallbacks = List.copyOf(fallbacks);
        }
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
