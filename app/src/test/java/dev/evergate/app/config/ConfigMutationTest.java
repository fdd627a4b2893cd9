package dev.evergate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.config.source.SourceReading;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whatever becomes of the file, there is a configuration to serve with: the real reader and the
 * real plan, thousands of times. For a longer run: {@code -Devergate.mutations=1000000
 * -Devergate.seed=42}.
 */
@Tag("sim")
class ConfigMutationTest {
    private static final int MUTATIONS = Integer.getInteger("evergate.mutations", 20_000);
    private static final long SEED = Long.getLong("evergate.seed", System.nanoTime());
    private static final String CANARY = "canary-3f9c1d";

    static final String BASE =
            """
            // Written by people, with comments.
            {
              gateway: {
                port: 18789,
                bind: "loopback",
                auth: { mode: "token", token: "canary-3f9c1d" }, // keep this secret
                controlUi: { allowedOrigins: ["https://one.example", "https://two.example"] },
                trustedProxies: ["127.0.0.1"],
              },
              models: {
                providers: {
                  local: {
                    baseUrl: "http://127.0.0.1:11434/v1",
                    apiKey: "canary-3f9c1d",
                    models: [{ id: "small", contextWindow: 8192 }, { id: "large" }],
                  },
                },
              },
              agents: { defaults: { model: { primary: "local/small", fallbacks: ["local/large"] },
                                    timeoutSeconds: 600, maxConcurrent: 8 } },
              logging: { level: "info" },
              lifecycle: { probationMs: 30000 },
              diagnostics: { enabled: false, otel: { endpoint: "http://127.0.0.1:4318" } },
              "unknown key": { stays: true },
            }
            """;

    @TempDir Path folder;
    private Path file;
    private ConfigFiles files;
    private Mutator mutator;
    private ConfigReading inForce;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("evergate.json");
        Files.writeString(file, BASE);
        files = new ConfigFiles(file, Map.of(), SecretCommands.NONE);
        mutator = new Mutator(SEED, file, BASE);
        inForce = read(Optional.empty()).orElseThrow();
    }

    @AfterEach
    void clear() throws IOException {
        mutator.heal(); // a folder that cannot be deleted would fail the test that is over
    }

    private Optional<ConfigReading> read(Optional<ObjectNode> good) {
        return files.read() instanceof SourceReading.Read(var sources)
                ? Optional.of(ConfigReader.read(sources, ConfigOverrides.NONE, 1, good))
                : Optional.empty();
    }

    @Test
    @Tag("I33")
    @Tag("I34")
    void thereIsAlwaysSomethingToServeWith() throws IOException {
        Map<String, Integer> done = new TreeMap<>();
        int switches = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String what = mutator.mutate();
            done.merge(what, 1, Integer::sum);
            String where = "seed %d, mutation %d: %s".formatted(SEED, i, what);
            Optional<ConfigReading> next = read(Optional.of(inForce.effective()));
            if (next.isPresent()) {
                switches += isSwitch(where, next.get()) ? 1 : 0;
                inForce = next.get();
            }
        }
        mutator.heal();
        ConfigReading healed = read(Optional.of(inForce.effective())).orElseThrow();

        assertThat(healed.effective()).isEqualTo(read(Optional.empty()).orElseThrow().effective());
        assertThat(done).hasSizeGreaterThan(12);
        assertThat(switches).isPositive();
        System.out.printf(
                "%,d mutations, %,d switches, 0 outages: %s%n", MUTATIONS, switches, done);
    }

    private boolean isSwitch(String where, ConfigReading next) {
        ConfigSnapshot.Gateway gateway = next.snapshot().gateway();
        assertThat(gateway.port()).as(where).isBetween(1, 65_535);
        assertThat(gateway.auth().secret().isPresent()).as(where).isTrue();
        assertThat(gateway.bindHost()).as(where).isNotBlank();
        Plan plan = Plan.between(inForce.effective(), next.effective(), ConfigSchema::effect);
        assertThat(plan.isEmpty())
                .as(where)
                .isEqualTo(inForce.effective().equals(next.effective()));
        assertThat(plan + " " + next.problems()).as(where).doesNotContain(CANARY);
        return !plan.isEmpty();
    }
}
