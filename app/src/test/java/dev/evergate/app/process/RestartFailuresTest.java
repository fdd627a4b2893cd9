package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.process.Ambush.Deed;
import dev.evergate.app.process.Ambush.Place;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.testkit.crowd.Crowd;
import dev.evergate.testkit.crowd.CrowdPlan;
import dev.evergate.testkit.crowd.CrowdReport;
import dev.evergate.testkit.crowd.Fault;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A successor that fails, at whatever step and in whatever way, leaves everything as it was. */
@Tag("process")
class RestartFailuresTest {
    private static final int WORDS = 10;

    /** Connections that move together. */
    private static final int BATCH = 100;

    private static final Place TAKING = new Place("dev.evergate.app.Entry", "enter", 1);

    /** Where a successor is caught. */
    enum Step {
        BUILDING(new Place("dev.evergate.app.GatewayAssembly", "build", 1)),
        REHEARSING(new Place("dev.evergate.app.rehearsal.Rehearsal", "run", 1)),
        TAKEN(TAKING),
        FIRST_BATCH(TAKING, new Place("dev.evergate.server.ControlServer", "arrivals", 1)),
        THIRD_BATCH(TAKING, new Place("dev.evergate.server.ControlServer", "arrivals", 3)),
        LEASE(TAKING, new Place("dev.evergate.app.GatewayAssembly", "enter", 1)),
        SERVING(TAKING, new Place("dev.evergate.app.GatewayAssembly", "serve", 1)),
        COMMITTED(TAKING, new Place("dev.evergate.app.handover.Successor", "serve", 1));

        @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that nobody changes.
        private final List<Place> way;

        Step(Place... way) {
            this.way = List.of(way);
        }
    }

    @RegisterExtension final Gateways gateways = new Gateways();
    @TempDir Path folder;
    private final FakeOpenAi model = FakeOpenAi.start().always(ModelScript.words(WORDS, 50));
    private Path build;

    @BeforeEach
    void copy() throws IOException {
        build = Ambush.build(folder);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private GatewayLaunch launch() {
        return GatewayProcess.launch().dist(build).config(Configs.with(model));
    }

    private GatewayProcess start() {
        return gateways.startReady(launch());
    }

    private static CrowdPlan plan(int clients) {
        return new CrowdPlan(
                clients - 30,
                20,
                10,
                2,
                CrowdPlan.words(WORDS),
                Duration.ofMillis(500),
                Duration.ofSeconds(3),
                Duration.ofMillis(5),
                Duration.ofMillis(100));
    }

    @Test
    @Tag("I6")
    void aSuccessorThatDiesBeforeItHasTakenAnythingIsNotNoticed() throws Exception {
        failsUnnoticed(start(), List.of(Step.REHEARSING, Step.FIRST_BATCH), List.of(Way.KILLED));
    }

    @Test
    @Tag("full")
    @Tag("I6")
    void aSuccessorThatDiesAnywhereBeforeIsNotNoticedEither() throws Exception {
        failsUnnoticed(
                start(),
                List.of(Step.BUILDING, Step.REHEARSING, Step.TAKEN, Step.FIRST_BATCH),
                List.of(Way.KILLED, Way.CRASHED));
    }

    @Test
    @Tag("full")
    @Tag("I6")
    void aSuccessorThatStandsStillBeforeItHasTakenAnythingIsNotNoticed() throws Exception {
        // So long they are waited for, each time.
        GatewayLaunch launch = launch().environment("EVERGATE_GATEWAY_START_TIMEOUT_MS", "20000");
        failsUnnoticed(
                gateways.startReady(launch),
                List.of(Step.BUILDING, Step.REHEARSING, Step.TAKEN, Step.FIRST_BATCH),
                List.of(Way.STOPPED, Way.HUNG));
    }

    private void failsUnnoticed(GatewayProcess gateway, List<Step> steps, List<Way> ways)
            throws Exception {
        long first = gateway.generationPid();
        Restarts restarts = new Restarts(gateway);
        try (Crowd crowd = Crowd.gather(gateway.url(), gateway.token(), plan(80))) {
            for (Step step : steps) {
                for (Way way : ways) {
                    String what = way + " at " + step;
                    Outcome outcome;
                    try (Ambush ambush = new Ambush(build, step.way, deed(gateway, way))) {
                        outcome = restarts.askAndAwaitEnd();
                        ambush.awaitDone();
                    }
                    CrowdReport seen = crowd.soFar();
                    assertThat(outcome.isGranted()).as(what).isFalse();
                    assertThat(outcome.message()).as(what).isNotEmpty();
                    assertThat(gateway.generationPid()).as(what).isEqualTo(first);
                    assertThat(seen.faults()).as("%s: %s", what, seen).isEmpty();
                }
            }
            assertThat(restarts.askAndAwaitEnd().isGranted()).isTrue();
            CrowdReport seen = crowd.finish();
            assertThat(seen.isFlawless()).as(seen.toString()).isTrue();
        }
    }

    @Test
    @Tag("I6")
    @Tag("I17")
    void aSuccessorThatDiesBetweenTwoBatchesTakesOnlyItsOwnWithIt() throws Exception {
        GatewayProcess gateway = start();
        long first = gateway.generationPid();
        Restarts restarts = new Restarts(gateway);
        try (Crowd crowd = Crowd.gather(gateway.url(), gateway.token(), plan(600))) {
            Outcome outcome;
            try (Ambush ambush =
                    new Ambush(build, Step.THIRD_BATCH.way, deed(gateway, Way.KILLED))) {
                outcome = restarts.askAndAwaitEnd();
                ambush.awaitDone();
            }
            assertThat(outcome.isGranted()).as(outcome.toString()).isFalse();
            assertThat(gateway.generationPid()).isEqualTo(first);
            CrowdReport seen = crowd.finish();
            assertThat(seen.count(Fault.CLOSED)).as(seen.toString()).isBetween(1L, 2L * BATCH);
            assertThat(seen.kept()).isEqualTo(seen.members() - (int) seen.count(Fault.CLOSED));
            assertOnlyClosed(seen);
        }
    }

    @Test
    @Tag("I6")
    @Tag("I17")
    void aSuccessorThatDiesWithTheLeaseBeforeItServesGivesItBack() throws Exception {
        diesWithEverything(Step.SERVING);
    }

    @Test
    @Tag("I6")
    @Tag("I17")
    void aSuccessorThatDiesAsSoonAsItServesIsReplaced() throws Exception {
        diesWithEverything(Step.COMMITTED);
    }

    @Test
    @Tag("full")
    @Tag("I17")
    void aSuccessorThatDiesBeforeItTakesTheLeaseGivesEverythingBack() throws Exception {
        diesWithEverything(Step.LEASE);
    }

    /** All connections close, and nothing else happens to anybody. */
    private void diesWithEverything(Step step) throws Exception {
        GatewayProcess gateway = start();
        Restarts restarts = new Restarts(gateway);
        try (Crowd crowd = Crowd.gather(gateway.url(), gateway.token(), plan(80))) {
            try (Ambush ambush = new Ambush(build, step.way, deed(gateway, Way.KILLED))) {
                // Of one that dies with its last word the keeper may hear the word or the death
                // first.
                Outcome outcome = restarts.askAndAwaitEnd();
                ambush.awaitDone();
                assertThat(outcome.isGranted() && step != Step.COMMITTED)
                        .as(outcome.toString())
                        .isFalse();
            }
            gateway.awaitReady();
            restarts.awaitOne();
            CrowdReport seen = crowd.finish();
            assertThat(seen.count(Fault.CLOSED)).as(seen.toString()).isLessThanOrEqualTo(80);
            assertOnlyClosed(seen);
        }
    }

    /** Whoever was sent away came back and found everything; requests in flight are asked again. */
    private static void assertOnlyClosed(CrowdReport seen) {
        assertThat(seen.faults().keySet())
                .as(seen.toString())
                .isSubsetOf(Fault.CLOSED, Fault.CUT, Fault.PUT_OFF);
        // A new connection that the dead one had accepted.
        assertThat(seen.count(Fault.CUT)).as(seen.toString()).isLessThan(20);
    }

    /** What happens to whoever is caught. */
    private enum Way {
        KILLED,
        CRASHED,
        STOPPED,
        HUNG
    }

    private static Deed deed(GatewayProcess gateway, Way way) {
        return machine ->
                switch (way) {
                    case KILLED -> {
                        GatewayProcess.signal("KILL", newest(gateway));
                        yield false;
                    }
                    case CRASHED -> {
                        machine.exit(3);
                        yield false;
                    }
                    case STOPPED -> {
                        GatewayProcess.signal("STOP", newest(gateway));
                        yield false;
                    }
                    case HUNG -> false; // the thread that was caught does not go on
                };
    }

    private static long newest(GatewayProcess gateway) {
        return gateway.generations().getLast().pid();
    }
}
