package dev.evergate.app.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.Sender;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.journal.CrashingStore;
import dev.evergate.testkit.journal.CrashingStore.Fault;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimLife;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@code /restart} typed into a chat. */
@Tag("sim")
class RestartByChatTest {
    private static final String RUN = "the-restart";
    private static final Sender OWNER = new Sender("Ada", true);

    private final SimWorld world = new SimWorld(1);
    private MemoryDisk disk = new MemoryDisk();
    private final List<String> reasons = new ArrayList<>();
    private int generation;

    @Test
    void anOwnerGetsOneAndIsTold() {
        live(new MemoryJournal(disk), OWNER, reasons::add);

        assertThat(reasons).containsExactly("/restart by Ada");
        assertThat(answers())
                .singleElement()
                .asString()
                .startsWith("A restart has been asked for.");
    }

    @Test
    void nobodyElseGetsOneAndEverybodyIsToldWhy() {
        live(new MemoryJournal(disk), new Sender("Bob", false), reasons::add);

        assertThat(reasons).isEmpty();
        assertThat(answers())
                .containsExactly(
                        "Only an owner may restart the gateway: a connection with the scope"
                                + " operator.admin, or on its machine: evergate gateway restart");
    }

    @Test
    void aGatewayThatEndsSaysThatItCannot() {
        live(
                new MemoryJournal(disk),
                OWNER,
                _ -> {
                    throw new EvergateException(ErrorCode.UNAVAILABLE, "the gateway stops");
                });

        assertThat(answers()).containsExactly("The gateway cannot restart now: the gateway stops.");
    }

    @Test
    @Tag("I19")
    void aRestartThatBeginsAtOnceIsNotAskedForAgainByTheNextGeneration() {
        SimLife first = world.life("first");
        live(
                first,
                new MemoryJournal(disk),
                OWNER,
                reason -> {
                    reasons.add(reason);
                    first.kill();
                });
        assertThat(answers()).isEmpty();

        live(new MemoryJournal(disk), OWNER, reasons::add);

        assertThat(reasons).hasSize(1);
        assertThat(answers()).containsExactly("The gateway has restarted since you asked.");
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    @Tag("I18")
    @Tag("I19")
    void itIsAnsweredOnceWhereverTheProcessDies(Fault fault) {
        var counting = CrashingStore.counting(new MemoryJournal(disk));
        live(counting, OWNER, reasons::add);
        long writes = counting.writes();
        assertThat(writes).isGreaterThan(3);
        for (long at = 1; at <= writes; at++) {
            disk = new MemoryDisk();
            reasons.clear();
            var store = new CrashingStore(new MemoryJournal(disk), fault, at);
            live(world.life("dying", _ -> {}), store, OWNER, reasons::add);

            live(new MemoryJournal(disk), OWNER, reasons::add);

            assertThat(answers()).as("%s at write %d of %d", fault, at, writes).hasSize(1);
            assertThat(reasons).as("%s at write %d", fault, at).hasSizeLessThanOrEqualTo(1);
        }
    }

    private void live(Journal journal, Sender sender, Consumer<String> restart) {
        live(world.life("generation"), journal, sender, restart);
    }

    /** One generation, in which the same message is sent again if it is not answered yet. */
    private void live(SimLife life, Journal journal, Sender sender, Consumer<String> restart) {
        int number = ++generation;
        life.tasks()
                .start(
                        "start",
                        () -> {
                            LiveGateway gateway =
                                    SimGateway.start(
                                            life,
                                            journal,
                                            number,
                                            new SimProvider(life, 0),
                                            _ -> {},
                                            restart);
                            life.timers().after(10, () -> send(life, gateway, sender));
                        });
        world.advance(5_000);
        life.kill();
    }

    private static void send(SimLife life, LiveGateway gateway, Sender sender) {
        life.tasks()
                .start(
                        "send",
                        () -> {
                            try {
                                var _ =
                                        gateway.send(
                                                new Gateway.Message(
                                                        "main", "/restart", RUN, sender));
                            } catch (EvergateException e) {
                                // not acknowledged: the client asks again
                                life.timers().after(50, () -> send(life, gateway, sender));
                            }
                        });
    }

    private List<String> answers() {
        var journal = new MemoryJournal(disk);
        boolean isOver =
                journal.turns()
                        .find(RUN)
                        .filter(turn -> turn.state() == Turn.State.DONE)
                        .isPresent();
        return !isOver
                ? List.of()
                : journal.sessions().page("agent:main:main", 100, 0).rows().stream()
                        .filter(row -> row.role() == TranscriptRow.Role.ASSISTANT)
                        .map(TranscriptRow::text)
                        .toList();
    }
}
