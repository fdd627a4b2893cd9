package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real command line around a real keeper, without a service manager. */
@Tag("process")
class ServiceCommandsProcessTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @TempDir private Path home = Path.of("");

    @Test
    @Tag("I5")
    void restartsByTheNextGenerationOfTheSameKeeperAndStopsItForGood() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        String state = gateway.stateDir().toString();
        long first = gateway.generationPid();

        Said restarted = evergate("gateway", "restart", "--wait", "--json", "--state-dir", state);

        assertThat(restarted.exit()).as(restarted.notes()).isZero();
        assertThat(restarted.json().path("by").asString("")).isEqualTo("keeper");
        assertThat(restarted.json().path("generation").asInt(0)).isEqualTo(2);
        assertThat(restarted.json().path("previousGeneration").asInt(0)).isEqualTo(1);
        assertThat(restarted.json().path("keeperPid").asLong(0)).isEqualTo(gateway.keeperPid());
        assertThat(restarted.notes())
                .contains("ms  the next generation starts and rehearses; generation 1 serves\n")
                .contains("ms  generation 1 hands over\n")
                .contains("ms  generation 2 serves");
        assertThat(restarted.json().at("/report/result").asString("")).isEqualTo("committed");
        assertThat(restarted.json().at("/report/steps").size()).isGreaterThanOrEqualTo(5);
        tellsOfTheRestart(state, restarted.json().path("report"));
        assertThat(gateway.isAlive()).isTrue();
        long second = gateway.generationPid();
        assertThat(second).isNotEqualTo(first);

        Path store = gateway.stateDir().resolve("data/evergate.db");
        Path away = Files.move(store, store.resolveSibling("away.db"));
        Said refused = evergate("gateway", "restart", "--wait", "--state-dir", state);
        Files.move(away, store);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.notes())
                .contains("the next generation has failed; generation 2 goes on")
                .containsPattern(
                        "Nothing was replaced: generation 3 cannot serve: .*evergate.db.*;"
                                + " generation 2 serves on\\.\n"
                                + "All about it: evergate restarts show 3");
        assertThat(gateway.generationPid()).isEqualTo(second);

        Said started = evergate("gateway", "start", "--state-dir", state);
        assertThat(started.exit()).isZero();
        assertThat(started.answer()).contains("runs already: keeper pid " + gateway.keeperPid());

        Said stopped = evergate("gateway", "stop", "--json", "--state-dir", state);
        assertThat(stopped.exit()).as(stopped.notes()).isZero();
        assertThat(stopped.json().path("by").asString("")).isEqualTo("keeper");
        assertThat(gateway.awaitExit()).isZero();

        assertThat(evergate("gateway", "stop", "--state-dir", state).answer())
                .contains("Nothing runs");
        for (String[] words : new String[][] {{"gateway", "restart"}, {"restarts"}}) {
            Said missed = evergate(withState(words, state));
            assertThat(missed.exit()).isEqualTo(3);
            assertThat(missed.notes()).contains("not running").contains("evergate gateway run");
        }
    }

    /** What the keeper told is what the gateway has kept. */
    private void tellsOfTheRestart(String state, JsonNode report) throws Exception {
        Wait.until(
                "the report is stored",
                () ->
                        !run("restarts", "--json", "--state-dir", state)
                                .json()
                                .path("restarts")
                                .isEmpty());
        Said shown = evergate("restarts", "show", "2", "--json", "--state-dir", state);
        assertThat(shown.exit()).as(shown.notes()).isZero();
        assertThat(shown.json()).isEqualTo(report);
        assertThat(evergate("restarts", "show", "2", "--state-dir", state).answer())
                .contains("generation 2 serves instead of 1");
        assertThat(evergate("status", "--state-dir", state).answer())
                .containsPattern("Restart +.*committed in \\d+ ms \\(evergate gateway restart\\)");
        assertThat(evergate("gateway", "stability", "--state-dir", state).answer())
                .contains("because  evergate gateway restart\n")
                .contains("result   generation 2 serves\n");
    }

    private static String[] withState(String[] words, String state) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--state-dir");
        all.add(state);
        return all.toArray(String[]::new);
    }

    private Said run(String... words) {
        try {
            return evergate(words);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void showsAServiceThatStartsThisInstallation() throws Exception {
        Said shown =
                evergate("gateway", "install", "--dry-run", "--json", "--state-dir", "a state");

        assertThat(shown.exit()).as(shown.notes()).isZero();
        String unit = shown.json().path("files").path(0).path("content").asString("");
        String program =
                unit.lines()
                        .filter(line -> line.startsWith("ExecStart="))
                        .findFirst()
                        .orElseThrow()
                        .replaceFirst("ExecStart=\"?(.*?)\"? gateway run", "$1");
        assertThat(Path.of(program)).isExecutable().hasFileName("evergate");
        assertThat(unit)
                .contains("/a state\"\n") // EVERGATE_STATE_DIR, absolute
                .contains("/a state/.env\n");
        assertThat(home).isEmptyDirectory();
    }

    private Said evergate(String... words) throws IOException, InterruptedException {
        return Said.by(home, words);
    }
}
