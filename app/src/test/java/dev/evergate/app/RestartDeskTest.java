package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.observe.RestartReports;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.server.spi.Restarts;
import dev.evergate.testkit.journal.CrashingStore;
import dev.evergate.testkit.journal.CrashingStore.Fault;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class RestartDeskTest {
    private final SimWorld world = new SimWorld(1);
    private final FakeDoor door = new FakeDoor();
    private final RestartDesk desk = new RestartDesk(world, () -> door);
    private final MemoryJournal journal = new MemoryJournal(new MemoryDisk());
    private final List<RestartReport> observed = new ArrayList<>();

    @Test
    void wishesJoinTheOneThatIsOpen() {
        desk.moved(Phase.RUNNING);

        assertThat(desk.ask("first")).isFalse();
        assertThat(desk.ask("second")).isTrue();
        assertThat(door.reasons).containsExactly("first");

        desk.outcome(new Outcome("another's", true, 2, ""));
        assertThat(desk.ask("third")).isTrue();
        desk.outcome(new Outcome(door.requests.getFirst(), false, 0, "it could not start"));
        assertThat(desk.ask("fourth")).isFalse();
        assertThat(door.reasons).containsExactly("first", "fourth");
    }

    @Test
    void duringARestartItIsTheOneThatIsWanted() {
        for (Phase phase : List.of(Phase.STARTING, Phase.STANDBY, Phase.HANDING_OVER)) {
            desk.moved(phase);

            assertThat(desk.ask("again")).as("%s", phase).isTrue();
        }
        assertThat(door.reasons).isEmpty();
    }

    @Test
    void aGenerationThatEndsRefusesWithoutResidue() {
        desk.moved(Phase.DRAINING);
        assertThatThrownBy(() -> desk.ask("too late"))
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        desk.moved(Phase.RUNNING);
        door.isGone = true;
        assertThatThrownBy(() -> desk.ask("nobody hears")).hasMessage("the keeper has gone");
        door.isGone = false;
        assertThat(desk.ask("the next one works")).isFalse();
    }

    @Test
    void aReportIsKeptOnceSomebodyServesAndShownToClients() {
        Restarts view = desk.seenFrom(journal, () -> new LiveGateway.Load(1, 2));
        desk.report(fields());
        world.advance(100);
        assertThat(view.newest(10)).isEmpty();

        desk.keepIn(journal, observed::add);
        world.advance(2_000);

        RestartReport kept = journal.restarts().find(8).orElseThrow();
        assertThat(view.find(8)).contains(RestartReports.json(kept));
        assertThat(view.newest(10)).containsExactly(RestartReports.json(kept));
        assertThat(observed).containsExactly(kept);
        assertThat(kept.from()).isEqualTo(7);
        assertThat(kept.cause()).isEqualTo("new code");
        assertThat(kept.totalMs()).isEqualTo(640);
        assertThat(kept.fields()).containsExactlyInAnyOrderEntriesOf(Map.of("moved", "12"));
        assertThat(view.work()).isEqualTo(new Restarts.Work(1, 2));
        desk.moved(Phase.RUNNING);
        assertThat(view.ask("why not")).isEqualTo(new Restarts.Asked(4700, false));
    }

    @Test
    void aReportIsTriedAgainWhenTheStoreRefuses() {
        var store = new CrashingStore(journal, Fault.REFUSES_ONCE, 1);
        desk.keepIn(store, observed::add);

        desk.report(fields());
        world.advance(500);
        assertThat(journal.restarts().newest(1)).isEmpty();
        world.advance(1_000);

        assertThat(journal.restarts().newest(1)).hasSize(1);
        assertThat(observed).hasSize(1);
    }

    private static Map<String, String> fields() {
        return Map.of(
                "name", "restart",
                "to", "8",
                "from", "7",
                "cause", "new code",
                "result", "committed",
                "why", "",
                "requestedAtMs", "1795300000000",
                "totalMs", "640",
                "moved", "12");
    }
}
