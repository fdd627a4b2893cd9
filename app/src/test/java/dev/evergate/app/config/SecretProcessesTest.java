package dev.evergate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.source.SecretCommands.Command;
import dev.evergate.core.config.source.SecretCommands.Outcome;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

@Tag("I7")
@Timeout(60)
class SecretProcessesTest {
    private static final int AMPLE_MS = 20_000;

    @TempDir Path folder;

    @Test
    void givesTheProgramItsInputAndItsVariablesAndNothingElse() {
        assertThat(run("cat; env", "asked ", Map.of("ONE", "1"), AMPLE_MS))
                .isInstanceOfSatisfying(
                        Outcome.Output.class,
                        output ->
                                assertThat(output.text())
                                        .startsWith("asked ")
                                        .contains("ONE=1")
                                        .doesNotContain("HOME="));
    }

    @Test
    void takesTheAnswerOfAProgramThatDoesNotListen() {
        assertThat(run("exec <&-; echo answer", "asked", Map.of(), AMPLE_MS))
                .isEqualTo(new Outcome.Output("answer\n"));
    }

    @Test
    void saysWithWhatAProgramEndedButNotWhatItSaid() {
        assertThat(run("echo secret; echo secret >&2; exit 3", "", Map.of(), AMPLE_MS))
                .isEqualTo(new Outcome.Failed("ended with 3"));
    }

    @Test
    void endsAProgramThatTakesTooLongWithAllItStarted() throws IOException {
        Path pids = folder.resolve("pids");
        String script = "sleep 600 & echo $! > '%s'; wait".formatted(pids);

        assertThat(run(script, "", Map.of(), 1_000))
                .isEqualTo(new Outcome.Failed("did not end within 1000 ms"));

        long child = Long.parseLong(Files.readString(pids).strip());
        Wait.until(
                "the child is gone",
                AMPLE_MS,
                () -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void endsAProgramThatNeverStopsTalking() {
        assertThat(run("yes", "", Map.of(), AMPLE_MS))
                .isEqualTo(new Outcome.Failed("says more than 10,000 bytes"));
    }

    @Test
    void doesNotWaitForWhoeverHoldsItsOutputOpen() throws IOException {
        Path pids = folder.resolve("pids");

        Outcome outcome =
                run(
                        "sleep 600 & echo $! > '%s'; echo answer".formatted(pids),
                        "",
                        Map.of(),
                        AMPLE_MS);

        assertThat(outcome).isEqualTo(new Outcome.Output("answer\n"));
        ProcessHandle holder =
                ProcessHandle.of(Long.parseLong(Files.readString(pids).strip())).orElseThrow();
        assertThat(holder.isAlive()).isTrue();
        assertThat(holder.destroyForcibly()).isTrue();
    }

    @Test
    void saysThatThereIsNoSuchProgram() {
        var command = new Command(List.of("/no/such/program"), Map.of(), "", AMPLE_MS, 10_000);

        assertThat(new SecretProcesses().run(command))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).startsWith("cannot be started"));
    }

    private static Outcome run(
            String script, String input, Map<String, String> environment, int timeoutMs) {
        return new SecretProcesses()
                .run(
                        new Command(
                                List.of("/bin/sh", "-c", script),
                                environment,
                                input,
                                timeoutMs,
                                10_000));
    }
}
