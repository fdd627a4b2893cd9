package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Wish;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What becomes of a restart, and of whoever waits for it, when something fails on the way. */
@Tag("process")
@Tag("I3")
class RestartProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SIGSTOP = 19;

    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    private KeeperProcess start(Map<String, String> limits) throws Exception {
        Files.createDirectories(folder.resolve("state"));
        return KeeperProcess.start(folder, 0, limits);
    }

    private static void let(KeeperProcess keeper, long generation, String deed) throws IOException {
        Files.writeString(keeper.state().resolve("deed-" + generation), deed);
    }

    private static void goOn(KeeperProcess keeper, long generation) throws IOException {
        Files.writeString(keeper.state().resolve("go-" + generation), "");
    }

    private static void awaitStep(KeeperProcess keeper, long generation, String step)
            throws Exception {
        Path file = keeper.state().resolve("step-" + generation);
        keeper.await(
                "generation " + generation + " is at " + step,
                () -> Files.readString(file).equals(step) ? "" : null);
    }

    private static CompletableFuture<Outcome> restart(KeeperProcess keeper, String why) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        HostTime.startDaemon(
                "wish",
                () -> {
                    try (KeeperClient client = KeeperClient.connect(keeper.state())) {
                        Wish wish = new Wish(Wish.Kind.RESTART, why, why, "");
                        outcome.complete(client.want(wish, PATIENCE));
                    } catch (IOException e) {
                        outcome.completeExceptionally(e);
                    }
                });
        return outcome;
    }

    private static Outcome of(CompletableFuture<Outcome> outcome) throws Exception {
        return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** What the keeper told a generation about the restart that was over last. */
    private static String report(KeeperProcess keeper, long generation, long to) throws Exception {
        Path file = keeper.state().resolve("event-" + generation);
        return keeper.await(
                "a report",
                () -> {
                    String text = Files.readString(file);
                    return text.contains(" to=" + to + ",") ? text : null;
                });
    }

    private static boolean isOver(KeeperProcess keeper) throws IOException {
        return keeper.owner().phase().equals("serving");
    }

    @Test
    @Tag("I5")
    void theOldGenerationServesUntilTheNewOneHasCommitted() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            let(keeper, 2, "rehearsing pause");
            try (Visitors visitors = new Visitors(keeper.port())) {
                CompletableFuture<Outcome> outcome = restart(keeper, "a test");
                awaitStep(keeper, 2, "rehearsing");
                assertThat(keeper.owner().phase()).isEqualTo("rehearsing");
                assertThat(keeper.owner().generation()).isEqualTo(1);
                assertThat(KeeperProcess.get(keeper.port())).endsWith("generation 1");
                goOn(keeper, 2);

                assertThat(of(outcome)).isEqualTo(new Outcome("a test", true, 2, ""));
                keeper.awaitServing(2);
                keeper.await(
                        "an answer", () -> visitors.answers.contains("generation 2") ? "" : null);
                assertThat(visitors.refused).hasValue(0);
            }
            assertThat(report(keeper, 2, 2))
                    .contains("from=1", "result=committed", "cause=a test", "requests=1")
                    .contains("moved=3", "cut=1", "turns=2", "epoch=7", "adopted=3")
                    .contains("launchMs=", "rehearseMs=", "handOverMs=", "commitMs=", "drainMs=")
                    .contains("endMs=", "successor.rehearsalMs=12", "predecessor.lastWords=of 1")
                    .contains("why=,", "stragglers=,", "fromVersion=fake", "toVersion=fake");
            assertThat(keeper.log())
                    .containsSubsequence(
                            "restart.begun",
                            "rehearsing -> handing-over",
                            "restart.committed",
                            "handing-over -> draining",
                            "restart.ended",
                            "draining -> serving");
        }
    }

    @Test
    @Tag("I5")
    void aSuccessorThatDiesAtAnyStepBeforeItsCommitCostsNothing() throws Exception {
        List<String> steps = List.of("launched", "rehearsing", "rehearsed", "taken", "ended");
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            try (Visitors visitors = new Visitors(keeper.port())) {
                long next = 2;
                for (String step : steps) {
                    let(keeper, next, step + (next % 2 == 0 ? " kill" : " exit"));

                    Outcome outcome = of(restart(keeper, "a test"));

                    assertThat(outcome.isGranted()).as(step).isFalse();
                    assertThat(outcome.generation()).isEqualTo(1);
                    assertThat(outcome.message())
                            .contains("generation " + next)
                            .contains(next % 2 == 0 ? "signal 9" : "code 9")
                            .endsWith("; generation 1 serves on");
                    assertThat(isOver(keeper)).isTrue();
                    assertThat(report(keeper, 1, next)).contains("result=aborted");
                    next++;
                }
                visitors.answers.clear();
                keeper.await("it answers", () -> visitors.answers.isEmpty() ? null : "");
                assertThat(visitors.answers).containsOnly("generation 1");
                assertThat(visitors.refused).hasValue(0);
                assertThat(of(restart(keeper, "at last")).isGranted()).isTrue();
            }
        }
    }

    @Test
    void aSuccessorThatHangsIsGivenUpInTime() throws Exception {
        Map<String, String> limits =
                Map.of(
                        "EVERGATE_GATEWAY_START_TIMEOUT_MS",
                        "4000",
                        "OPENCLAW_GATEWAY_HAND_OVER_TIMEOUT_MS",
                        "500");
        try (KeeperProcess keeper = start(limits)) {
            keeper.awaitServing(1);
            let(keeper, 2, "rehearsing stop");
            assertThat(of(restart(keeper, "a test")).message())
                    .isEqualTo(
                            "generation 2 had not rehearsed within 4000 ms;"
                                    + " generation 1 serves on");

            let(keeper, 3, "taken stop");
            assertThat(of(restart(keeper, "a test")).message())
                    .isEqualTo(
                            "generation 3 had not taken over within 500 ms;"
                                    + " generation 1 serves on");

            Path told = keeper.state().resolve("abort-1");
            keeper.await("generation 1 is told", () -> Files.exists(told) ? "" : null);
            assertThat(told).content().contains("generation 3");
            assertThat(KeeperProcess.get(keeper.port())).endsWith("generation 1");
        }
    }

    @Test
    void aSuccessorThatRefusesIsQuoted() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            keeper.behave("refuse the config has no models");

            assertThat(of(restart(keeper, "a test")))
                    .isEqualTo(
                            new Outcome(
                                    "a test",
                                    false,
                                    1,
                                    "generation 2 cannot serve: the config has no models;"
                                            + " generation 1 serves on"));
        }
    }

    @Test
    @Tag("I5")
    void aSuccessorThatDiesRightAfterItsCommitIsReplacedAndSoIsItsPredecessor() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            let(keeper, 1, "draining hang");
            let(keeper, 2, "committed kill");
            try (Visitors visitors = new Visitors(keeper.port())) {
                assertThat(of(restart(keeper, "a test")).generation()).isEqualTo(2);

                keeper.awaitServing(3);

                keeper.await(
                        "an answer", () -> visitors.answers.contains("generation 3") ? "" : null);
                assertThat(visitors.refused).hasValue(0);
            }
            assertThat(keeper.state().resolve("overlap")).doesNotExist();
            assertThat(report(keeper, 3, 2)).contains("result=committed").contains("was over");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"launched", "rehearsing", "rehearsed", "taken", "ended"})
    @Tag("I5")
    @Tag("I8")
    void aPredecessorThatDiesLeavesItsPlaceToTheSuccessor(String step) throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            long first = keeper.awaitServing(1).generationPid();
            let(keeper, 2, step + " pause");
            try (Visitors visitors = new Visitors(keeper.port())) {
                CompletableFuture<Outcome> outcome = restart(keeper, "a test");
                awaitStep(keeper, 2, step);

                ProcessControl.signal(first, ProcessControl.SIGKILL);
                keeper.await("it is gone", () -> ProcessTable.find(first).isEmpty() ? "" : null);
                goOn(keeper, 2);

                assertThat(of(outcome).generation()).isEqualTo(2);
                assertThat(keeper.awaitServing(2).generation()).isEqualTo(2);
                keeper.await(
                        "an answer", () -> visitors.answers.contains("generation 2") ? "" : null);
                assertThat(visitors.refused).hasValue(0);
            }
            assertThat(keeper.state().resolve("overlap")).doesNotExist();
            assertThat(report(keeper, 2, 2))
                    .contains("result=committed")
                    .containsPattern("why=generation 1 was (ended by signal 9|over before)");
        }
    }

    @Test
    @Tag("I12")
    void aPredecessorThatHangsIsReplacedByTheSuccessorThatIsThere() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            long first = keeper.awaitServing(1).generationPid();
            let(keeper, 2, "rehearsing pause");
            CompletableFuture<Outcome> outcome = restart(keeper, "a test");
            awaitStep(keeper, 2, "rehearsing");

            ProcessControl.signal(first, SIGSTOP);
            keeper.await("it is found", () -> keeper.owner().generation() == 2 ? "" : null);
            goOn(keeper, 2);

            assertThat(of(outcome).generation()).isEqualTo(2);
            assertThat(ProcessTable.find(first)).as("dead before it was inherited from").isEmpty();
            assertThat(keeper.state().resolve("overlap")).doesNotExist();
            assertThat(report(keeper, 2, 2)).contains("why=generation 1 made no progress");
        }
    }

    @Test
    @Tag("I2")
    void aPredecessorThatDoesNotDrainIsKilledInTimeAndNamed() throws Exception {
        try (KeeperProcess keeper = start(Map.of("EVERGATE_GATEWAY_DRAIN_TIMEOUT_MS", "300"))) {
            keeper.awaitServing(1);
            let(keeper, 1, "draining hang");

            assertThat(of(restart(keeper, "a test")).generation()).isEqualTo(2);

            keeper.awaitServing(2);
            assertThat(report(keeper, 2, 2))
                    .contains("stragglers=generation 1 had not drained within 300 ms");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rehearsing", "taken", "committed"})
    @Tag("I4")
    void aKilledKeeperTakesBothWithItAndTheNextOneServes(String step) throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            long first = keeper.awaitServing(1).generationPid();
            let(keeper, 2, step + " pause");
            var _ = restart(keeper, "a test");
            awaitStep(keeper, 2, step);
            long second = Long.parseLong(Files.readString(keeper.state().resolve("pid-2")).strip());

            keeper.signal("KILL");
            keeper.awaitExit();

            for (long pid : new long[] {first, second}) {
                keeper.await("it ends too", () -> ProcessTable.find(pid).isEmpty() ? "" : null);
            }
        }
        try (KeeperProcess next = start(Map.of())) {
            assertThat(next.awaitServing(3).generation()).isEqualTo(3);
        }
    }

    @Test
    void aHundredWhoWantARestartGetOneAndTheSameAnswer() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            let(keeper, 2, "rehearsing pause");
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                outcomes.add(restart(keeper, "the same"));
            }
            keeper.await(
                    "all have asked",
                    () -> keeper.log().split("gateway.wish", -1).length > 100 ? "" : null);
            goOn(keeper, 2);

            for (CompletableFuture<Outcome> outcome : outcomes) {
                assertThat(of(outcome)).isEqualTo(new Outcome("the same", true, 2, ""));
            }
            keeper.awaitServing(2);
            assertThat(keeper.owner().generation()).isEqualTo(2);
            assertThat(report(keeper, 2, 2)).contains("requests=100");
        }
    }

    @Test
    void aRestartThatIsWantedDuringADrainBeginsAfterIt() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            let(keeper, 1, "draining pause");
            assertThat(of(restart(keeper, "first")).generation()).isEqualTo(2);

            CompletableFuture<Outcome> second = restart(keeper, "second");
            CompletableFuture<Outcome> third = restart(keeper, "third");
            keeper.await(
                    "both have asked",
                    () ->
                            keeper.log().contains("(second)") && keeper.log().contains("(third)")
                                    ? ""
                                    : null);
            assertThat(keeper.owner().phase()).isEqualTo("draining");
            goOn(keeper, 1);

            assertThat(of(second).generation()).isEqualTo(3);
            assertThat(of(third).generation()).isEqualTo(3);
            assertThat(report(keeper, 3, 3))
                    .containsPattern("cause=(second; third|third; second)")
                    .contains("from=2");
        }
    }

    @Test
    @Tag("I2")
    void aStopEndsARestartAndEverybodyInIt() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            keeper.awaitServing(1);
            let(keeper, 2, "taken pause");
            CompletableFuture<Outcome> outcome = restart(keeper, "a test");
            awaitStep(keeper, 2, "taken");

            keeper.signal("TERM");

            assertThat(of(outcome).message()).isEqualTo("the gateway is stopping");
            assertThat(keeper.awaitExit()).isZero();
        }
    }

    @Test
    @Tag("I2")
    void aStopDuringADrainWaitsForBoth() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            long first = keeper.awaitServing(1).generationPid();
            let(keeper, 1, "draining pause");
            assertThat(of(restart(keeper, "a test")).generation()).isEqualTo(2);
            awaitStep(keeper, 1, "draining");

            keeper.signal("TERM");
            keeper.await("one is gone", () -> keeper.log().contains("Generation 2 e") ? "" : null);
            assertThat(ProcessTable.find(first)).isPresent();
            assertThat(of(restart(keeper, "late")).message()).startsWith("the gateway is stopping");
            goOn(keeper, 1);

            assertThat(keeper.awaitExit()).isZero();
            assertThat(keeper.log()).contains("\"Generation 1 ended with code 0");
        }
    }

    @Test
    void aRestartThatIsWantedDuringAStartIsTheStart() throws Exception {
        try (KeeperProcess keeper = start(Map.of())) {
            Files.createDirectories(keeper.state());
            let(keeper, 1, "launched pause");
            awaitStep(keeper, 1, "launched");
            CompletableFuture<Outcome> outcome = restart(keeper, "a test");
            keeper.await("it has asked", () -> keeper.log().contains("gateway.wish") ? "" : null);
            goOn(keeper, 1);

            assertThat(of(outcome).generation()).isEqualTo(1);
        }
    }
}
