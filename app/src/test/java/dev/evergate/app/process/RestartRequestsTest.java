package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Whoever asks for a restart, whenever: it is the same restart, and everybody hears the result. */
@Tag("process")
@Tag("I3")
class RestartRequestsTest {
    private static final int AT_ONCE = 100;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void aHundredRequestsAreOneRestartAndAHundredEqualAnswers() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        Restarts restarts = new Restarts(gateway);

        List<Outcome> outcomes = all(AT_ONCE, restarts::ask);

        assertThat(outcomes).allMatch(Outcome::isGranted).allMatch(each -> each.generation() == 2);
        restarts.awaitOne();
        assertThat(restarts.serving()).isEqualTo(2);
    }

    @Test
    void oneThatIsAskedForDuringAStartIsThatStart() throws Exception {
        GatewayProcess gateway = gateways.start(GatewayProcess.launch());
        Wait.until("the keeper listens", () -> listens(gateway));
        Restarts restarts = new Restarts(gateway);

        Outcome outcome = restarts.ask();

        assertThat(outcome.isGranted()).as(outcome.toString()).isTrue();
        assertThat(outcome.generation()).isEqualTo(1);
        assertThat(restarts.serving()).isEqualTo(1);
    }

    @Test
    void oneThatIsAskedForDuringAStopIsRefused() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        Restarts restarts = new Restarts(gateway);
        // A generation that cannot hear keeps the stop waiting.
        GatewayProcess.signal("STOP", gateway.generationPid());
        GatewayProcess.signal("TERM", gateway.keeperPid());
        Wait.until("it stops", () -> isStopping(gateway));

        Outcome outcome = restarts.ask();

        assertThat(outcome.isGranted()).as(outcome.toString()).isFalse();
        assertThat(outcome.message()).isNotEmpty();
        GatewayProcess.signal("TERM", gateway.keeperPid());
        assertThat(gateway.awaitExit()).isZero();
    }

    private static boolean isStopping(GatewayProcess gateway) throws IOException {
        try (KeeperClient keeper = KeeperClient.connect(gateway.stateDir())) {
            return keeper.who().phase().equals("stopping");
        }
    }

    private static boolean listens(GatewayProcess gateway) {
        return Files.exists(KeeperClient.socketIn(gateway.stateDir()));
    }

    private static <T> List<T> all(int count, Callable<T> task) throws Exception {
        List<T> results = new ArrayList<>();
        // Waiting for the keeper is a system call, in which a virtual thread keeps its carrier.
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                futures.add(threads.submit(task));
            }
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
        }
        return results;
    }
}
