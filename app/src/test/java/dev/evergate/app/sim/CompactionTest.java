package dev.evergate.app.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelRequest;
import dev.evergate.core.agent.CancelSource;
import dev.evergate.core.gateway.Compacted;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.History;
import dev.evergate.core.gateway.Gateway.HistoryQuery;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.GatewayEvent.RunCompacting;
import dev.evergate.core.gateway.GatewayEvent.SessionCompacting;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
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
import java.util.Optional;
import java.util.function.Supplier;

/** Conversations become short enough for models, and stay whole for people. */
@Tag("sim")
class CompactionTest {
    private static final String KEY = "agent:main:talk";

    /** Ten of these do not fit the model. */
    private static final int LONG = 5_000;

    private final SimWorld world = new SimWorld(1);
    private MemoryDisk disk = new MemoryDisk();
    private SummingModel model = new SummingModel();
    private final List<GatewayEvent> events = new ArrayList<>();
    private int number;
    private int sent;

    private LiveGateway gateway() {
        return gateway(world.life("generation-" + ++number), new MemoryJournal(disk));
    }

    private LiveGateway gateway(SimLife life, Journal journal) {
        return SimGateway.start(life, journal, number, model, events::add);
    }

    private void say(Gateway gateway, String text) {
        var _ = gateway.send(new Gateway.Message(KEY, text, "run-" + ++sent, SimGateway.SENDER));
        world.advance(1_000);
    }

    private void sayMuch(Gateway gateway, int times) {
        for (int i = 1; i <= times; i++) {
            say(gateway, "question " + i + " " + "x".repeat(LONG));
        }
    }

    private <T> T done(Supplier<T> work) {
        List<T> result = new ArrayList<>();
        world.life("asking").tasks().start("ask", () -> result.add(work.get()));
        world.advance(5_000);
        return result.getFirst();
    }

    private static List<TranscriptRow> rows(Gateway gateway) {
        return ((History.Full) gateway.history(new HistoryQuery(KEY, 1_000, 0, ""))).rows();
    }

    private static List<TranscriptRow> summaries(Gateway gateway) {
        return rows(gateway).stream().filter(row -> row.kind() == Kind.COMPACTION).toList();
    }

    private static String seen(ModelRequest request) {
        return String.join("\n", request.messages().stream().map(m -> m.text()).toList());
    }

    private <T extends GatewayEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    void aConversationThatBecomesTooLongIsSummedUpBeforeItsNextAnswer() {
        LiveGateway gateway = gateway();

        sayMuch(gateway, 12);

        assertThat(model.summed).hasSize(1);
        assertThat(seen(model.summed.getFirst()))
                .contains("User: question 1 ", "Assistant: very well");
        String last = seen(model.answered.getLast());
        assertThat(last)
                .contains("summed up:\n\nthe summary no. 1", "question 8 ", "question 12 ")
                .doesNotContain("question 1 ", "question 2 ");
        assertThat(model.answered.getLast().messages().get(1).text()).startsWith("question");
        assertThat(summaries(gateway))
                .extracting(TranscriptRow::text)
                .containsExactly("the summary no. 1");
        assertThat(rows(gateway))
                .hasSize(25)
                .first()
                .matches(row -> row.text().contains("question 1 "));
        assertThat(events(RunCompacting.class))
                .extracting(RunCompacting::isOver, RunCompacting::isDone)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(false, false),
                        org.assertj.core.groups.Tuple.tuple(true, true));
        assertThat(events(SessionCompacting.class)).hasSize(2);

        sayMuch(gateway, 12);

        assertThat(model.summed).hasSizeGreaterThan(1);
        assertThat(seen(model.summed.get(1)))
                .contains("The summary so far:\nthe summary no. 1")
                .doesNotContain("question 1 x");
    }

    @Test
    void whatCannotBeSummedUpIsAnsweredWithWhatFits() {
        model.refusesToSum = true;
        LiveGateway gateway = gateway();

        sayMuch(gateway, 12);

        assertThat(model.answered).hasSize(12);
        assertThat(seen(model.answered.getLast()))
                .contains("question 12 ")
                .doesNotContain("question 1 ");
        assertThat(summaries(gateway)).isEmpty();
        assertThat(events(SessionCompacting.class).getLast())
                .matches(event -> event.isOver() && !event.isDone())
                .matches(event -> event.reason().contains("it is tired"));
    }

    @Test
    void isSummedUpByWishWithWhatMatters() {
        LiveGateway gateway = gateway();
        assertThat(done(() -> gateway.history(new HistoryQuery(KEY, 1, 0, "")))).isNotNull();
        for (String text : List.of("one", "two", "three", "four")) {
            say(gateway, text);
        }

        say(gateway, "/compact the numbers");

        assertThat(seen(model.summed.getFirst()))
                .contains("User: one", "Look out for this: the numbers")
                .doesNotContain("four");
        assertThat(rows(gateway).getLast().text()).startsWith("Summed up: about ");
        say(gateway, "five");
        assertThat(seen(model.answered.getLast()))
                .contains("the summary no. 1", "four", "five")
                .doesNotContain("one", "/compact");
    }

    @Test
    void aShortConversationIsLeftAlone() {
        LiveGateway gateway = gateway();
        say(gateway, "one");

        Compacted result = done(() -> gateway.conversations().compact(KEY, "", new CancelSource()));

        assertThat(result).isEqualTo(new Compacted.Needless("nothing to compact", 2));
        assertThat(events(SessionCompacting.class)).isEmpty();
    }

    @Test
    void isCutWithoutAModel() {
        LiveGateway gateway = gateway();
        for (String text : List.of("one", "two", "three")) {
            say(gateway, text);
        }

        Compacted result = done(() -> gateway.conversations().cutTo(KEY, 2));

        assertThat(result).isInstanceOf(Compacted.Done.class);
        assertThat(model.summed).isEmpty();
        say(gateway, "four");
        assertThat(seen(model.answered.getLast())).contains("three", "four").doesNotContain("two");
        assertThat(done(() -> gateway.conversations().cutTo(KEY, 100)))
                .isInstanceOf(Compacted.Needless.class);
        assertThat(rows(gateway)).anyMatch(row -> row.text().equals("one"));
    }

    @Test
    void isNotWrittenIntoWhatWasStartedAnewMeanwhile() {
        LiveGateway gateway = gateway();
        for (String text : List.of("one", "two", "three", "four")) {
            say(gateway, text);
        }
        model.onSum = () -> gateway.resetSession(KEY);

        Compacted result = done(() -> gateway.conversations().compact(KEY, "", new CancelSource()));

        assertThat(result).isInstanceOf(Compacted.Failed.class);
        assertThat(rows(gateway)).isEmpty();
        assertThat(gateway.session(KEY)).isPresent();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    @Tag("I18")
    void leavesNothingOrAllOfItselfWhereverTheProcessDies(Fault fault) {
        CrashingStore counting = CrashingStore.counting(new MemoryJournal(disk));
        talk(world.life("whole"), counting);
        for (long at = 1; at <= counting.writes(); at++) {
            disk = new MemoryDisk();
            model = new SummingModel();
            talk(
                    world.life("dying", _ -> {}),
                    new CrashingStore(new MemoryJournal(disk), fault, at));

            SimLife life = world.life("next");
            number++;
            LiveGateway next = gateway(life, new MemoryJournal(disk));
            world.advance(5_000);

            assertThat(summaries(next)).as("%s at %d", fault, at).hasSizeLessThanOrEqualTo(1);
            Optional<TranscriptRow> last =
                    rows(next).stream().filter(row -> row.text().equals("very well")).findFirst();
            assertThat(last.isPresent() || rows(next).isEmpty()).as("%s at %d", fault, at).isTrue();
            life.kill();
        }
    }

    /** Says so much that it is summed up; dies where the store does. */
    private void talk(SimLife life, Journal journal) {
        number++;
        life.tasks()
                .start(
                        "start",
                        () -> {
                            LiveGateway gateway = gateway(life, journal);
                            for (int i = 1; i <= 4; i++) {
                                String text = i + "y".repeat(3 * LONG);
                                var _ =
                                        gateway.send(
                                                new Gateway.Message(
                                                        KEY, text, "r" + i, SimGateway.SENDER));
                            }
                        });
        world.advance(20_000);
        life.kill();
    }
}
