package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Every signal means the same at any moment, whichever process it reaches. */
@Tag("process")
@Tag("I2")
@Tag("I3")
class SignalsTest {
    /** What a shell shows for a process that a signal has ended before it could handle any. */
    private static final int BY_TERM = 143;

    /** What a JVM ends with that has to end in the middle of its own first steps. */
    private static final int UNBORN = 1;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    @Tag("I7")
    void isStoppedByTermAtAnyMomentOfItsStartAndCanBeStartedAgain() throws Exception {
        GatewayLaunch launch = GatewayProcess.launch();
        List<Integer> codes = new ArrayList<>();
        for (int afterMs : new int[] {0, 1, 30, 100, 200, 350, 600, 1_000}) {
            GatewayProcess gateway = gateways.start(launch);
            Wait.pause(afterMs);
            GatewayProcess.signal("TERM", gateway.keeperPid());
            codes.add(gateway.awaitExit());
            assertThat(strays(launch)).as("left behind after %d ms", afterMs).isEmpty();
        }

        assertThat(codes).as("exit codes").isSubsetOf(0, BY_TERM, UNBORN);
        assertThat(codes.getLast()).isZero();
        gateways.startReady(launch);
    }

    @Test
    void restartsAndNeverDiesOfUsr1AndUsr2FromItsFirstMomentOn() throws Exception {
        GatewayProcess gateway = gateways.start(GatewayProcess.launch());
        // Its first line says that these signals do not end it; before that it is just a shell.
        Wait.until("its first line is done", () -> heedsUsr1(gateway.keeperPid()));
        for (int i = 0; i < 60; i++) {
            GatewayProcess.signal(i % 2 == 0 ? "USR1" : "USR2", gateway.keeperPid());
            for (ProcessHandle generation : gateway.generations()) {
                sendIfAlive(i % 2 == 0 ? "USR2" : "USR1", generation);
            }
            Wait.pause(20);
        }

        gateway.awaitReady();
        assertThat(gateway.isAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"USR1", "USR2"})
    void restartsOnceWhenBothProcessesAreTold(String restart) throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        long before = number(gateway);
        long generation = gateway.generationPid();

        GatewayProcess.signal(restart, generation);
        GatewayProcess.signal(restart, gateway.keeperPid());

        Wait.until("the next generation", () -> number(gateway) > before);
        gateway.awaitReady();
        assertThat(number(gateway)).isEqualTo(before + 1);
        assertThat(gateway.generationPid()).isNotEqualTo(generation);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void stopsInGoodOrderWhenTheGenerationIsTold(String stop) {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());

        GatewayProcess.signal(stop, gateway.generationPid());

        assertThat(gateway.awaitExit()).isZero();
    }

    @Test
    void readsItsConfigurationAgainOnHupToEitherProcess() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        long before = number(gateway);

        GatewayProcess.signal("HUP", gateway.keeperPid());
        GatewayProcess.signal("HUP", gateway.generationPid());

        Wait.until("both were heard", () -> timesLogged(gateway, "is as it was") == 2);
        assertThat(number(gateway)).isEqualTo(before);
    }

    @Test
    void endsAtOnceWhenASecondTermComes() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        // A generation that cannot hear keeps the first one waiting.
        GatewayProcess.signal("STOP", gateway.generationPid());
        GatewayProcess.signal("TERM", gateway.keeperPid());
        Wait.until("it is heard", () -> timesLogged(gateway, "-> stopping") == 1);

        GatewayProcess.signal("TERM", gateway.keeperPid());

        assertThat(gateway.awaitExit()).isZero();
        assertThat(gateway.log())
                .anyMatch(line -> line.contains("generation.stop-now"))
                .noneMatch(line -> line.contains("generation.overdue"));
    }

    private static long number(GatewayProcess gateway) throws IOException {
        try (KeeperClient keeper = KeeperClient.connect(gateway.stateDir())) {
            return keeper.who().generation();
        }
    }

    private static long timesLogged(GatewayProcess gateway, String text) throws IOException {
        return gateway.log().stream().filter(line -> line.contains(text)).count();
    }

    /** Whether USR1 is ignored or handled: proc(5), SigIgn and SigCgt. */
    private static boolean heedsUsr1(long pid) throws IOException {
        long usr1 = 1L << 9;
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("SigIgn:") || line.startsWith("SigCgt:"))
                .anyMatch(
                        line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & usr1)
                                        != 0);
    }

    private static void sendIfAlive(String signal, ProcessHandle process) {
        try {
            GatewayProcess.signal(signal, process.pid());
        } catch (AssertionError e) {
            assertThat(process.isAlive()).isFalse();
        }
    }

    /** Generations of this state directory that nobody keeps any more. */
    private static List<String> strays(GatewayLaunch launch) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("generation.args"))
                .filter(line -> line.contains(launch.stateDir().toString()))
                .toList();
    }
}
