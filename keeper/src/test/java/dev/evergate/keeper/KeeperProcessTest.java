package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.link.Hello;
import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.KeeperLink;
import dev.evergate.keeper.link.Order;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.link.Wish;
import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.Errno;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.testkit.time.FairWatch;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

@Tag("process")
class KeeperProcessTest {
    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    @Test
    @Tag("I4")
    @Tag("I5")
    void refusesNobodyWhileGenerationsAreKilled() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            try (Visitors visitors = new Visitors(keeper.port())) {
                for (int killed = 1; killed <= 5; killed++) {
                    int before = visitors.served.get();
                    keeper.await("visitors", () -> visitors.served.get() > before + 20 ? "" : null);
                    keeper.killGeneration();
                    keeper.awaitServing(killed + 1);
                }

                assertThat(visitors.refused).hasValue(0);
                assertThat(visitors.cut.get()).isLessThanOrEqualTo(5);
                assertThat(visitors.served.get()).isGreaterThan(100);
            }
            assertThat(keeper.owner().pid()).isEqualTo(keeper.pid());
            assertThat(keeper.console()).contains("Generation 1 was ended by signal 9");
        }
    }

    @Test
    @Tag("I4")
    @Tag("I5")
    void restartsBySignalBehindTheSamePort() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            int port = keeper.port();
            try (Visitors visitors = new Visitors(port)) {
                keeper.signal("USR1");
                keeper.awaitServing(2);
                keeper.signal("USR2");
                keeper.awaitServing(3);
                keeper.await(
                        "an answer", () -> visitors.answers.contains("generation 3") ? "" : null);

                assertThat(visitors.refused).hasValue(0);
                assertThat(visitors.answers).contains("generation 1");
            }
            assertThat(keeper.port()).isEqualTo(port);
            assertThat(keeper.owner().pid()).isEqualTo(keeper.pid());
            assertThat(keeper.log()).doesNotContain("generation.overdue");
        }
    }

    @Test
    void stopsOnTermAndLeavesThePortFree() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            int port = keeper.port();
            FairWatch watch = FairWatch.start();

            keeper.signal("TERM");

            assertThat(keeper.awaitExit()).isZero();
            assertThat(watch.ms()).isLessThan(3_000);
            TcpListener.open("127.0.0.1", port, 1).close();
            assertThat(keeper.state().resolve("run/keeper.sock")).doesNotExist();
            assertThat(keeper.log()).doesNotContain("generation.overdue");
        }
    }

    @Test
    void theVisitorsOfTheseTestsDoNoticeRefusals() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            try (Visitors visitors = new Visitors(keeper.port())) {
                keeper.await("an answer", () -> visitors.served.get() > 0 ? "" : null);
                keeper.signal("TERM");
                keeper.awaitExit();

                keeper.await("a refusal", () -> visitors.refused.get() > 0 ? "" : null);
            }
        }
    }

    @Test
    void aSecondTermStopsNow() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "deaf")) {
            keeper.awaitServing(1);
            keeper.signal("TERM");
            keeper.await(
                    "it is stopping", () -> keeper.owner().phase().equals("stopping") ? "" : null);

            keeper.signal("TERM");

            assertThat(keeper.awaitExit()).isZero();
            assertThat(keeper.log())
                    .contains("generation.stop-now")
                    .doesNotContain("generation.overdue");
        }
    }

    @Test
    void endsAGenerationThatHasFinishedButStays() throws Exception {
        Files.writeString(
                Files.createDirectories(folder.resolve("state")).resolve("behaviour"), "zombie");
        Map<String, String> environment =
                Map.of("OPENCLAW_GATEWAY_POST_SHUTDOWN_EXIT_TIMEOUT_MS", "300");
        try (KeeperProcess keeper = KeeperProcess.start(folder, 0, environment)) {
            keeper.awaitServing(1);

            keeper.signal("TERM");

            assertThat(keeper.awaitExit()).isZero();
            assertThat(keeper.log()).contains("\"event\":\"gateway.shutdown.zombie_detected\"");
        }
    }

    @Test
    void tellsWhyTheFirstGenerationRefusedAndEndsWithItsCode() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "refuse the config is empty")) {
            assertThat(keeper.awaitExit()).isEqualTo(78);
            assertThat(keeper.console()).isEqualTo("evergate: the config is empty\n");
        }
    }

    @Test
    @Tag("I9")
    void triesAgainWhenALaterGenerationRefusesAndAnswersForItMeanwhile() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            keeper.behave("refuse not today");
            keeper.killGeneration();

            String answer =
                    keeper.await(
                            "a 503",
                            () -> {
                                String text = KeeperProcess.get(keeper.port());
                                return text.startsWith("HTTP/1.1 503") ? text : null;
                            });
            keeper.behave("serve");
            Owner owner = keeper.awaitServing(3);

            assertThat(answer)
                    .contains("Retry-After: 1\r\n")
                    .contains(
                            "{\"ready\":false,\"live\":false,\"phase\":\"starting\",\"generation\":");
            assertThat(owner.generation()).isGreaterThanOrEqualTo(3);
            assertThat(KeeperProcess.get(keeper.port())).contains("200 OK");
            assertThat(keeper.log()).contains("not today");
        }
    }

    @Test
    @Tag("I9")
    void keepsTryingWhenStartsCrash() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "crash")) {
            keeper.await("three starts", () -> keeper.owner().generation() >= 3 ? "" : null);
            assertThat(keeper.state().resolve("logs/generation-1.err"))
                    .hasContent("crashing as told");
            keeper.behave("serve");

            keeper.awaitServing(3);
        }
    }

    @Test
    @Tag("I11")
    void aProgramThatIsMissingIsSomethingUnexpected() throws Exception {
        List<String> command = new ArrayList<>();
        for (String word : KeeperProcess.command(folder, folder.resolve("state"), 0)) {
            boolean isProgram = word.startsWith("-D" + GenerationLauncher.ARGUMENT_FILE_PROPERTY);
            command.add(isProgram ? "-Devergate.home=" + folder : word);
        }
        try (KeeperProcess keeper = KeeperProcess.start(folder, command, Map.of())) {
            assertThat(keeper.awaitExit()).isEqualTo(1);
            assertThat(keeper.console()).contains("Is the installation complete?");
        }
    }

    @Test
    void namesTheHolderOfABusyPort() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            Files.createDirectories(folder.resolve("state"));
            try (KeeperProcess keeper =
                    KeeperProcess.start(folder, other.getLocalPort(), Map.of())) {
                assertThat(keeper.awaitExit()).isEqualTo(78);
                assertThat(keeper.console())
                        .contains("address already in use by ")
                        .contains("(pid " + ProcessHandle.current().pid() + ")");
            }
        }
    }

    @Test
    @Tag("I7")
    void aSecondKeeperNamesTheFirstAndEnds() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            long beganMs = HostTime.monotonicMs();
            try (KeeperProcess second = KeeperProcess.start(folder, 0, Map.of())) {
                assertThat(second.awaitExit()).isEqualTo(78);
                assertThat(HostTime.monotonicMs() - beganMs)
                        .isLessThan(5_000); // 2 s on a quiet machine
                assertThat(second.console()).contains("keeper pid " + keeper.pid());
            }
            assertThat(keeper.owner().phase()).isEqualTo("serving");
        }
    }

    @Test
    @Tag("I7")
    void nothingIsLeftOfADeadGeneration() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "orphan")) {
            keeper.awaitServing(1);
            Path file = keeper.state().resolve("orphan");
            String pid = keeper.await("an orphan", () -> Files.readString(file).strip());
            long orphan = Long.parseLong(pid);
            assertThat(ProcessTable.find(orphan)).isPresent();
            keeper.behave("serve");

            keeper.killGeneration();

            keeper.await(
                    "the orphan is gone", () -> ProcessTable.find(orphan).isEmpty() ? "" : null);
            Owner owner = keeper.awaitServing(2);
            List<Long> children = new ArrayList<>();
            ProcessTable.children(keeper.pid()).forEach(child -> children.add(child.pid()));
            assertThat(children).containsExactly(owner.generationPid());
        }
    }

    @Test
    @Tag("I7")
    void aKilledKeeperLeavesNothingInTheWayOfTheNext() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            long generation = keeper.awaitServing(1).generationPid();
            keeper.signal("KILL");
            keeper.awaitExit();
            keeper.await("it ends too", () -> ProcessTable.find(generation).isEmpty() ? "" : null);
        }
        try (KeeperProcess next = KeeperProcess.start(folder, "serve")) {
            assertThat(next.awaitServing(2).generation()).isEqualTo(2);
        }
    }

    @Test
    @Tag("I3")
    void severalWhoWantARestartGetOneAndTheSameAnswer() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            List<Outcome> outcomes = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Wish wish = new Wish(Wish.Kind.RESTART, "test", "request-" + i, "");
                threads.add(
                        HostTime.startDaemon(
                                "wish",
                                () -> {
                                    try (KeeperClient client =
                                            KeeperClient.connect(keeper.state())) {
                                        Outcome outcome = client.want(wish, Duration.ofSeconds(20));
                                        synchronized (outcomes) {
                                            outcomes.add(outcome);
                                        }
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                }));
            }
            for (Thread thread : threads) {
                thread.join(KeeperProcess.PATIENCE_MS);
            }

            assertThat(outcomes).hasSize(5).allMatch(Outcome::isGranted);
            assertThat(outcomes).extracting(Outcome::generation).containsOnly(2L);
        }
    }

    @Test
    void watchersSeeEveryPhase() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            List<String> phases = new ArrayList<>();
            try (KeeperClient client = KeeperClient.connect(keeper.state())) {
                client.watch(
                        owner -> {
                            phases.add(owner.phase());
                            if (phases.size() == 1) {
                                wish(keeper, Wish.Kind.RESTART);
                            }
                            return phases.size() < 5;
                        });
            }

            assertThat(phases)
                    .containsExactly(
                            "serving", "rehearsing", "handing-over", "draining", "serving");
            wish(keeper, Wish.Kind.STOP);
            assertThat(keeper.awaitExit()).isZero();
        }
    }

    private static void wish(KeeperProcess keeper, Wish.Kind kind) {
        HostTime.startDaemon(
                "wish",
                () -> {
                    try (KeeperClient client = KeeperClient.connect(keeper.state())) {
                        client.want(new Wish(kind, "test", "1", ""), Duration.ofSeconds(20));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    @Test
    void hangUpIsPassedOnAsReload() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);

            keeper.signal("HUP");

            String event =
                    keeper.await(
                            "an event",
                            () -> {
                                String text = Files.readString(keeper.state().resolve("event"));
                                return text.isEmpty() ? null : text;
                            });
            assertThat(event).isEqualTo("reload");
            assertThat(keeper.owner().generation()).isEqualTo(1);
        }
    }

    @Test
    void aStrangerIsNoGeneration() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "late")) {
            Owner owner = keeper.await("a keeper", keeper::owner);
            Hello claim = new Hello(owner.generation(), owner.generationPid(), "fake", 0, "");

            assertThatThrownBy(
                            () ->
                                    KeeperLink.connect(
                                            KeeperClient.socketIn(keeper.state()),
                                            claim,
                                            new NoOrders()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not start you");
            keeper.signal("TERM");
            assertThat(keeper.awaitExit()).isZero();
        }
    }

    @Test
    void nonsenseOnItsSocketHurtsNobody() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4);
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            for (int i = 0; i < 50; i++) {
                Path path = KeeperClient.socketIn(keeper.state());
                try (PacketSocket socket = PacketSocket.connect(path)) {
                    byte[] bytes = new byte[random.nextInt(1, 40_000)];
                    random.nextBytes(bytes);
                    socket.send(bytes);
                    socket.send("NOVEL\nlink=9\n".getBytes(StandardCharsets.UTF_8));
                    String id = "%41".repeat(10_000);
                    String wish = "WANT\nlink=1\nkind=nap\nrequestId=" + id + "\n";
                    socket.send(wish.getBytes(StandardCharsets.UTF_8));
                    socket.send("READY\nlink=1\n".getBytes(StandardCharsets.UTF_8));
                } catch (OsException e) {
                    assertThat(e.error().orElseThrow()).isIn(Errno.EPIPE, Errno.ECONNRESET);
                }
            }

            assertThat(keeper.owner().phase()).isEqualTo("serving");
            assertThat(keeper.owner().generation()).isEqualTo(1);
        }
    }

    @Test
    void moreCallersThanItServesAtOnceAreServedInTurn() throws Exception {
        try (KeeperProcess keeper = KeeperProcess.start(folder, "serve")) {
            keeper.awaitServing(1);
            List<KeeperClient> callers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                callers.add(KeeperClient.connect(keeper.state()));
            }

            for (KeeperClient caller : callers) {
                assertThat(caller.who().phase()).isEqualTo("serving");
                caller.close();
            }
        }
    }

    @Test
    void aStateDirectoryThatCannotBeUsedIsNamed() throws Exception {
        Files.writeString(folder.resolve("state"), "in the way");
        try (KeeperProcess keeper = KeeperProcess.start(folder, 0, Map.of())) {
            assertThat(keeper.awaitExit()).isEqualTo(69);
            assertThat(keeper.console())
                    .contains(keeper.state() + " cannot be used")
                    .contains("--state-dir");
        }
        assertThat(folder.resolve("state")).hasContent("in the way");
    }

    @Test
    void aGenerationNumberThatCannotBeKeptIsNotUsed() throws Exception {
        Files.createDirectories(folder.resolve("state/generation.new/full"));
        try (KeeperProcess keeper = KeeperProcess.start(folder, 0, Map.of())) {
            assertThat(keeper.awaitExit()).isEqualTo(69);
            assertThat(keeper.console()).contains("cannot be written");
        }
    }

    private static final class NoOrders implements KeeperLink.Orders {
        @Override
        public void stop(StopOrder order) {}

        @Override
        public void event(String name, Map<String, String> fields) {}

        @Override
        public void outcome(Outcome outcome) {}

        @Override
        public void give(Order order, Descriptor peer) {}

        @Override
        public void take(Order order, Optional<Descriptor> peer) {}

        @Override
        public void abort(String reason) {}

        @Override
        public void lost() {}
    }
}
