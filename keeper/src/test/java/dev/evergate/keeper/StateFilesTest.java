package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.keeper.owner.OwnerRecord;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class StateFilesTest {
    @TempDir Path folder;

    private static Path chosen(List<String> arguments, Map<String, String> environment) {
        return StateDirectory.choose(arguments, environment).root();
    }

    @Test
    void theOptionWinsOverTheVariableAndOursOverTheTwin() {
        Map<String, String> both =
                Map.of("HOME", "/h", "EVERGATE_STATE_DIR", "/ours", "OPENCLAW_STATE_DIR", "/twin");
        Map<String, String> twin = Map.of("HOME", "/h", "OPENCLAW_STATE_DIR", "~/twin");

        assertThat(chosen(List.of("gateway", "--state-dir", "/o"), both)).hasToString("/o");
        assertThat(chosen(List.of("--state-dir=/a", "--state-dir=/b"), both)).hasToString("/b");
        assertThat(chosen(List.of("--", "--state-dir=/a"), both)).hasToString("/ours");
        assertThat(chosen(List.of("--state-dir"), both)).hasToString("/ours");
        assertThat(chosen(List.of(), twin)).hasToString("/h/twin");
        assertThat(chosen(List.of(), Map.of("HOME", "/h"))).hasToString("/h/.evergate");
    }

    @Test
    void aNewDirectoryIsForItsOwnerAloneAndAnOldOneStaysAsItIs() throws Exception {
        StateDirectory state = new StateDirectory(folder.resolve("a/b"));

        state.create();
        state.create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.root())))
                .isEqualTo("rwx------");
        assertThat(state.run()).isDirectory();
        assertThat(state.logs()).isDirectory();
    }

    @Test
    void countsOnAcrossLives() throws Exception {
        Path file = folder.resolve("generation");

        assertThat(new GenerationCounter(file).next()).isEqualTo(1);
        GenerationCounter second = new GenerationCounter(file);
        assertThat(second.last()).isEqualTo(1);
        assertThat(second.next()).isEqualTo(2);
        assertThat(second.next()).isEqualTo(3);
        assertThat(file).hasContent("3\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "1 2", "99999999999999999999"})
    void aDamagedCounterIsNotGuessed(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("generation"), content);

        assertThatThrownBy(() -> new GenerationCounter(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds '" + content + "' (expected: the last generation");
        assertThat(file).hasContent(content);
    }

    @Test
    void theOwnerIsReadBackAndADamagedFileIsNobody() throws Exception {
        Path file = folder.resolve("owner");
        OwnerRecord owner = new OwnerRecord(4711, 99, "boot", "uuid", "0.1.0", 41, "");

        assertThat(OwnerRecord.read(file)).isEmpty();
        Files.writeString(file, owner.text());
        assertThat(OwnerRecord.read(file)).contains(owner);
        Files.writeString(file, "pid=4711\nstartTicks=");
        assertThat(OwnerRecord.read(file)).isEmpty();
    }

    @Test
    void theExitTimeIsReadStrictly() {
        List<String> problems = new ArrayList<>();

        assertThat(Limits.from(Map.of(), problems).exitMs()).isEqualTo(5_000);
        assertThat(exitMs("EVERGATE", "700", problems)).isEqualTo(700);
        assertThat(exitMs("OPENCLAW", "800", problems)).isEqualTo(800);
        assertThat(problems).isEmpty();
        for (String malformed : List.of("", "0", "-1", "1.5", "5s", " 5", "3600001", "99999999")) {
            problems.clear();
            assertThat(exitMs("EVERGATE", malformed, problems)).isEqualTo(5_000);
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .startsWith("EVERGATE_GATEWAY_POST_SHUTDOWN_EXIT_TIMEOUT_MS is '" + malformed);
        }
    }

    @Test
    @Tag("I2")
    void whatIsGrantedForAStopIsSharedBetweenTheTurnsAndTheEnd() {
        Limits limits = Limits.from(Map.of(), new ArrayList<>());

        assertThat(limits.granted(90_000).stopMs()).isEqualTo(81_000);
        assertThat(limits.granted(90_000).wholeStopMs()).isLessThan(90_000);
        assertThat(limits.granted(10_000).stopMs()).isEqualTo(5_000);
        assertThat(limits.granted(1_000).stopMs()).isEqualTo(500);
        assertThat(limits.stopMs()).isEqualTo(8_000);
    }

    private static long exitMs(String prefix, String value, List<String> problems) {
        String name = prefix + "_GATEWAY_POST_SHUTDOWN_EXIT_TIMEOUT_MS";
        return Limits.from(Map.of(name, value), problems).exitMs();
    }
}
