package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real command line changes the configuration of a real gateway, and goes on without it. */
@Tag("process")
class ConfigCommandsProcessTest {
    private static final String CANARY = "canary-4f9d2c71";

    @RegisterExtension final Gateways gateways = new Gateways();

    @TempDir private Path home = Path.of("");

    @Test
    @Tag("I33")
    void changesAreInForceAtOnceAndCanBeTakenBackWhetherAGatewayRunsOrNot() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        Path file = gateway.stateDir().resolve("evergate.json");
        Files.writeString(file, "// Mine.\n" + Files.readString(file));

        Said set = config(gateway, "set", "logging.level", "debug");
        assertThat(set.exit()).as(set.notes()).isZero();
        assertThat(set.answer()).containsPattern("config \\d+ -> \\d+ by rpc: logging\\.level \\(");
        assertThat(Files.readString(file)).startsWith("// Mine.\n").contains("debug");

        Said refused = config(gateway, "set", "logging.level", "loud");
        assertThat(refused.exit()).isEqualTo(78);
        assertThat(refused.notes()).contains("logging.level");
        Said secret = config(gateway, "set", "models.providers.m.apiKey", CANARY, "--json");
        assertThat(secret.exit()).isEqualTo(78); // nobody knows where that provider is
        Said patch =
                config(
                        gateway,
                        "patch",
                        "{models: {providers: {m: {baseUrl: 'http://127.0.0.1:9/v1', apiKey: '"
                                + CANARY
                                + "', models: [{id: 'x'}]}}}}");
        assertThat(patch.exit()).as(patch.notes()).isZero();
        Said shown = config(gateway, "get", "models", "--json");
        assertThat(shown.json().at("/value/providers/m/apiKey").asString())
                .isEqualTo("__OPENCLAW_REDACTED__");

        Said history = config(gateway, "history");
        assertThat(history.answer()).contains("logging.level").contains("models.providers.m");
        Said undone = config(gateway, "undo");
        assertThat(undone.answer()).contains("by undo: models.providers.m");
        assertThat(Files.readString(file)).startsWith("// Mine.\n").doesNotContain(CANARY);

        gateway.stop();
        Said offline = config(gateway, "set", "logging.level", "warn");
        assertThat(offline.exit()).as(offline.notes()).isZero();
        assertThat(offline.answer()).contains("logging.level: in force when the gateway starts");
        assertThat(Files.readString(file)).startsWith("// Mine.\n").contains("warn");
        assertThat(config(gateway, "validate").exit()).isZero();

        for (Said said : List.of(set, refused, secret, patch, shown, history, undone, offline)) {
            assertThat(said.answer() + said.notes()).doesNotContain(CANARY);
        }
        assertThat(gateway.output() + gateway.log()).doesNotContain(CANARY);
    }

    private Said config(GatewayProcess gateway, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("config"));
        all.addAll(List.of(words));
        all.addAll(List.of("--state-dir", gateway.stateDir().toString()));
        return Said.by(home, all.toArray(String[]::new));
    }
}
