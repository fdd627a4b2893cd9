package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.FakeSystemd;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.os.Spawn;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.time.HostTime;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A keeper below something that behaves as systemd does. */
@Tag("process")
class SupervisedKeeperTest {
    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    private FakeSystemd manager() throws IOException {
        return new FakeSystemd(folder.resolve("notify").toString());
    }

    private KeeperProcess start(FakeSystemd manager, String... more) throws Exception {
        Files.createDirectories(folder.resolve("state"));
        Map<String, String> environment = new HashMap<>();
        environment.put("NOTIFY_SOCKET", manager.address());
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return KeeperProcess.start(folder, 0, environment);
    }

    private static String awaitHeard(KeeperProcess keeper, FakeSystemd manager, String text)
            throws Exception {
        return keeper.await(
                text,
                () -> {
                    for (String each : manager.heard()) {
                        if (each.contains(text)) {
                            return each;
                        }
                    }
                    return null;
                });
    }

    /** The order of what counts; repeats are left out. */
    private static List<String> story(FakeSystemd manager) throws IOException {
        List<String> story = new ArrayList<>();
        for (String each : manager.heard()) {
            String first = each.lines().findFirst().orElse("");
            boolean counts =
                    first.startsWith("READY")
                            || first.startsWith("REL")
                            || first.startsWith("STOP");
            if (counts && (story.isEmpty() || !story.getLast().equals(first))) {
                story.add(first);
            }
        }
        return story;
    }

    @Test
    @Tag("I4")
    void hearsOfStartRestartAndStopFromOneProcess() throws Exception {
        try (FakeSystemd manager = manager();
                KeeperProcess keeper = start(manager)) {
            awaitHeard(keeper, manager, "READY=1\nSTATUS=generation 1 serves");
            keeper.signal("USR1");
            awaitHeard(keeper, manager, "STATUS=generation 2 serves");
            keeper.signal("TERM");

            assertThat(keeper.awaitExit()).isZero();
            assertThat(story(manager))
                    .containsExactly("READY=1", "RELOADING=1", "READY=1", "STOPPING=1");
            assertThat(awaitHeard(keeper, manager, "RELOADING=1")).contains("\nMONOTONIC_USEC=");
            assertThat(String.join("\n", manager.heard())).doesNotContain("MAINPID");
        }
    }

    /** A rehearsal may take longer than any time-out of a manager. */
    @Test
    @Tag("I4")
    void hearsNothingOfARehearsalThatComesToNothing() throws Exception {
        try (FakeSystemd manager = manager();
                KeeperProcess keeper = start(manager)) {
            awaitHeard(keeper, manager, "READY=1\nSTATUS=generation 1 serves");
            keeper.behave("refuse not today");
            keeper.signal("USR1");
            keeper.await("it is off", () -> keeper.log().contains("restart.aborted") ? "" : null);
            keeper.awaitServing(1);
            keeper.signal("TERM");

            assertThat(keeper.awaitExit()).isZero();
            assertThat(story(manager)).doesNotContain("RELOADING=1");
            assertThat(manager.heard()).anyMatch(line -> line.contains("STATUS=rehearsing"));
        }
    }

    @Test
    void itsWatchdogHearsUsTwiceInItsTimeAndNothingFromAStoppedProcess() throws Exception {
        try (FakeSystemd manager = manager();
                KeeperProcess keeper = start(manager, "WATCHDOG_USEC", "400000")) {
            keeper.awaitServing(1);
            int before = pings(manager);
            keeper.await("five pings more", () -> pings(manager) >= before + 5 ? "" : null);
            keeper.signal("STOP");
            keeper.await(
                    "stopped",
                    () -> ProcessTable.find(keeper.pid()).orElseThrow().state() == 'T' ? "" : null);
            int stopped = pings(manager);
            HostTime.sleep(600);

            assertThat(pings(manager)).isEqualTo(stopped);
            keeper.signal("CONT");
            keeper.await("pings again", () -> pings(manager) > stopped ? "" : null);
        }
    }

    private static int pings(FakeSystemd manager) throws IOException {
        int count = 0;
        for (String each : manager.heard()) {
            count += each.equals("WATCHDOG=1") ? 1 : 0;
        }
        return count;
    }

    @Test
    void anAbstractNameAndASocketThatComesLaterAreAsGood() throws Exception {
        String name = "@evergate-test-" + ProcessHandle.current().pid();
        Files.createDirectories(folder.resolve("state"));
        try (KeeperProcess keeper = KeeperProcess.start(folder, 0, Map.of("NOTIFY_SOCKET", name))) {
            keeper.awaitServing(1);
            try (FakeSystemd late = new FakeSystemd(name)) {
                assertThat(awaitHeard(keeper, late, "READY=1")).contains("generation 1 serves");
            }
            keeper.signal("TERM");
            assertThat(keeper.awaitExit()).isZero();
        }
    }

    @Test
    @Tag("I5")
    void aListenerItKeepsForUsIsServedAgainByTheNextKeeperAndRefusesNobodyMeanwhile()
            throws Exception {
        try (FakeSystemd manager = manager()) {
            int port;
            try (KeeperProcess keeper = start(manager)) {
                keeper.awaitServing(1);
                port = keeper.port();
                assertThat(manager.store()).hasSize(1);
                long generation = keeper.owner().generationPid();
                keeper.signal("KILL");
                keeper.awaitExit();
                keeper.await(
                        "its generation ends",
                        () -> ProcessTable.find(generation).isEmpty() ? "" : null);
            }
            String[] answer = new String[1];
            Thread visitor = HostTime.startDaemon("visitor", () -> answer[0] = visit(port));
            Map.Entry<String, Descriptor> kept = manager.store().entrySet().iterator().next();
            long next = spawn(manager, List.of(kept.getValue()), kept.getKey());
            try {
                visitor.join(KeeperProcess.PATIENCE_MS);
                // A busy machine may let the keeper itself answer first.
                assertThat(answer[0]).startsWith("HTTP/1.1 ").contains("generation");
                awaitAnswer(port, "generation 2");
            } finally {
                end(next);
            }
            assertThat(story(manager)).endsWith("STOPPING=1");
        }
    }

    @Test
    void aSocketThatWasOpenedForUsIsServedAndAnotherOneIsClosed() throws Exception {
        try (FakeSystemd manager = manager();
                TcpListener wanted = TcpListener.open("127.0.0.1", 0, 16);
                TcpListener unwanted = TcpListener.open("::1", 0, 16)) {
            int port = wanted.port();
            int closed = unwanted.port();
            Files.createDirectories(folder.resolve("state"));
            List<Descriptor> both = List.of(unwanted.descriptor(), wanted.descriptor());
            long keeper = spawn(manager, both, "other:evergate.socket");
            try {
                wanted.close();
                unwanted.close();
                awaitAnswer(port, "generation 1");
                awaitFree(closed);
                assertThat(String.join("\n", manager.heard())).contains("FDNAME=other");
            } finally {
                end(keeper);
            }
        }
    }

    /** Nobody holds it any more soon after the first generation serves. */
    private static void awaitFree(int port) throws OsException {
        long endMs = HostTime.monotonicMs() + KeeperProcess.PATIENCE_MS;
        while (true) {
            try {
                TcpListener.open("::1", port, 1).close();
                return;
            } catch (OsException e) {
                if (HostTime.monotonicMs() > endMs) {
                    throw e;
                }
                HostTime.sleep(10);
            }
        }
    }

    private long spawn(FakeSystemd manager, List<Descriptor> sockets, String names)
            throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("NOTIFY_SOCKET", manager.address());
        environment.put("LISTEN_FDNAMES", names);
        environment.put("_JAVA_SR_SIGNUM", "62");
        List<String> command = KeeperProcess.command(folder, folder.resolve("state"), 0);
        return Spawn.with(sockets, command, environment);
    }

    /** Asks it to end, waits, and takes it out of the process table. */
    private void end(long pid) throws Exception {
        ProcessControl.signal(pid, ProcessControl.SIGTERM);
        long endMs = HostTime.monotonicMs() + KeeperProcess.PATIENCE_MS;
        while (!ProcessControl.reap(pid)) {
            if (HostTime.monotonicMs() > endMs) {
                ProcessControl.signal(pid, ProcessControl.SIGKILL);
                throw new AssertionError("The keeper did not end");
            }
            HostTime.sleep(10);
        }
    }

    private static void awaitAnswer(int port, String end) {
        long endMs = HostTime.monotonicMs() + KeeperProcess.PATIENCE_MS;
        while (!visit(port).endsWith(end)) {
            assertThat(HostTime.monotonicMs()).as(visit(port)).isLessThan(endMs);
            HostTime.sleep(10);
        }
    }

    private static String visit(int port) {
        try {
            return KeeperProcess.get(port);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    @Tag("N3")
    void aHeldPortIsWaitedForInGoodOrderAndServedWhenItIsFree() throws Exception {
        try (FakeSystemd manager = manager();
                ServerSocket other = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = other.getLocalPort();
            Files.createDirectories(folder.resolve("state"));
            try (KeeperProcess keeper =
                    KeeperProcess.start(folder, port, Map.of("NOTIFY_SOCKET", manager.address()))) {
                String waiting = awaitHeard(keeper, manager, "STATUS=waiting: ");
                assertThat(waiting)
                        .startsWith("READY=1\n")
                        .contains("(pid " + ProcessHandle.current().pid() + ")");
                keeper.await("a second try", () -> keeper.owner().generation() >= 3 ? "" : null);
                other.close();

                awaitHeard(keeper, manager, "serves");
                assertThat(KeeperProcess.get(port)).contains("200 OK");
            }
        }
    }

    @Test
    @Tag("V2")
    void beingStartedBesideAHealthyOwnerItWaitsAndTakesOverWhenThatOneStops() throws Exception {
        try (FakeSystemd manager = manager();
                KeeperProcess byHand = KeeperProcess.start(folder, "serve")) {
            byHand.awaitServing(1);
            try (KeeperProcess managed = start(manager)) {
                String waiting = awaitHeard(managed, manager, "STATUS=waiting: ");
                assertThat(waiting)
                        .startsWith("READY=1\n")
                        .contains("keeper pid " + byHand.pid())
                        .contains("127.0.0.1:" + byHand.port());
                byHand.signal("TERM");
                assertThat(byHand.awaitExit()).isZero();

                awaitHeard(managed, manager, "READY=1\nSTATUS=generation 2 serves");
                try (KeeperClient client = KeeperClient.connect(managed.state())) {
                    assertThat(client.listener()).isEqualTo(managed.pid());
                }
            }
        }
    }

    @Test
    void aStopEndsTheWaitingForAnOwner() throws Exception {
        try (FakeSystemd manager = manager();
                KeeperProcess byHand = KeeperProcess.start(folder, "serve")) {
            byHand.awaitServing(1);
            try (KeeperProcess managed = start(manager, "WATCHDOG_USEC", "400000")) {
                awaitHeard(managed, manager, "STATUS=waiting: ");
                keepsPinging(managed, manager);
                managed.signal("TERM");

                assertThat(managed.awaitExit()).isZero();
                assertThat(byHand.owner().phase()).isEqualTo("serving");
            }
        }
    }

    private static void keepsPinging(KeeperProcess keeper, FakeSystemd manager) throws Exception {
        int before = pings(manager);
        keeper.await("pings while it waits", () -> pings(manager) >= before + 4 ? "" : null);
    }

    @Test
    void aLongStartAsksForMoreTime() throws Exception {
        Path state = Files.createDirectories(folder.resolve("state"));
        Files.writeString(state.resolve("behaviour"), "late");
        try (FakeSystemd manager = manager();
                KeeperProcess keeper = start(manager)) {
            awaitHeard(keeper, manager, "EXTEND_TIMEOUT_USEC=");
            assertThat(story(manager)).isEmpty();
        }
    }
}
