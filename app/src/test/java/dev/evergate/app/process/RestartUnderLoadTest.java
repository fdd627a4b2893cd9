package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.link.Outcome;
import dev.evergate.testkit.crowd.Crowd;
import dev.evergate.testkit.crowd.CrowdPlan;
import dev.evergate.testkit.crowd.CrowdReport;
import dev.evergate.testkit.crowd.Latencies.Window;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Restarts while many clients are in the middle of everything: requests, answers that stream,
 * frames, new connections. {@code bench/restart} does the same longer and measures it.
 */
@Tag("process")
@Tag("I5")
@Tag("I6")
@Tag("I18")
@Tag("I22")
@Tag("I24")
class RestartUnderLoadTest {
    /** A turn takes about as long as a restart, so that each restart meets some. */
    private static final int WORDS = 20;

    private static final long WORD_MS = 100;

    /** Descriptors that come and go: connections of the moment, files of the store. */
    private static final long SPARE_DESCRIPTORS = 25;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void nobodyNoticesFiftyRestarts() throws Exception {
        restarts(50, plan(350, 100, 50, 2));
    }

    private static CrowdPlan plan(int callers, int listeners, int sleepers, int visitEveryMs) {
        return new CrowdPlan(
                callers,
                listeners,
                sleepers,
                3,
                CrowdPlan.words(WORDS),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofMillis(visitEveryMs),
                Duration.ofMillis(50));
    }

    private void restarts(int count, CrowdPlan plan) throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(WORDS, WORD_MS))) {
            GatewayProcess gateway =
                    gateways.startReady(GatewayProcess.launch().config(Configs.with(model)));
            Restarts restarts = new Restarts(gateway);
            List<Window> windows = new ArrayList<>();
            try (Crowd crowd = Crowd.gather(gateway.url(), gateway.token(), plan)) {
                assertThat(restarts.askAndAwaitEnd().isGranted()).isTrue();
                long keeper = descriptors(gateway.keeperPid());
                long generation = descriptors(gateway.generationPid());
                for (int i = 1; i < count; i++) {
                    long began = System.nanoTime();
                    Outcome outcome = restarts.askAndAwaitEnd();
                    windows.add(new Window(began, System.nanoTime()));
                    assertThat(outcome.isGranted()).as(outcome.toString()).isTrue();
                }
                Wait.until(
                        () -> "the keeper has no more descriptors open than " + keeper,
                        () -> descriptors(gateway.keeperPid()) <= keeper);
                assertThat(descriptors(gateway.generationPid()))
                        .isLessThan(generation + SPARE_DESCRIPTORS);
                CrowdReport seen = crowd.finish();
                assertThat(seen.isFlawless()).as(seen.toString()).isTrue();
                assertThat(seen.resumed()).as("turns that were begun again").isZero();
                assertThat(seen.wakes()).as("stalled clients that went on").isPositive();
                assertThat(seen.turns()).isPositive();
                System.out.println(count + " restarts: " + seen);
                System.out.println("  calls meanwhile " + seen.calls().figures(windows));
                System.out.println("  GETs meanwhile  " + seen.visits().figures(windows));
            }
            assertThat(restarts.serving()).isEqualTo(count + 1);
        }
    }

    private static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return open.count();
        }
    }
}
