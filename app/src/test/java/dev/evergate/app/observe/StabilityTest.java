package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.observe.Stability.Chapter;
import dev.evergate.app.observe.Stability.Kind;
import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.keeper.ring.RingRecord.Level;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class StabilityTest {
    private final List<RingRecord> records = new ArrayList<>();
    private long generation = 1;
    private long nowMs = 1_000_000;

    @Test
    void aCrashIsTheCauseOfWhatFollows() {
        started();
        warn(
                "generation.ended",
                "Generation 1 was ended by signal 9 after 2 h; the next one follows.");
        phase("serving -> booting");
        info("generation.leftover", "Ended sleep (pid 7)");
        generation = 2;
        phase("booting -> serving");

        Chapter chapter = newest();

        assertThat(chapter.cause()).isEqualTo("Generation 1 was ended by signal 9 after 2 h");
        assertThat(chapter.result()).isEqualTo("generation 2 serves");
        assertThat(chapter.isPlanned()).isFalse();
        assertThat(chapter.untilMs() - chapter.atMs()).isEqualTo(300);
        assertThat(chapter.remarkable())
                .extracting(RingRecord::event)
                .containsExactly("generation.ended", "generation.leftover");
    }

    @Test
    void aHangIsTheCauseAlthoughItsRecordFollowsTheChangeOfPhase() {
        started();
        phase("serving -> booting");
        warn("generation.wedged", "Generation 1 makes no progress: state T.");
        warn("generation.ended", "Generation 1 was ended by signal 9 after 6 s");
        generation = 2;
        phase("booting -> serving");

        assertThat(newest().cause()).isEqualTo("Generation 1 makes no progress: state T");
        assertThat(newest().isPlanned()).isFalse();
    }

    @Test
    void aWishIsPlannedAndAnOldWarningIsNotItsCause() {
        started();
        warn("generation.slow", "Generation 1 was slow");
        nowMs += 60_000;
        info("gateway.wish", "restart (new code) from pid 12");
        phase("serving -> restarting");
        info("generation.ended", "Generation 1 ended with code 0");
        phase("restarting -> booting");
        generation = 2;
        phase("booting -> serving");

        assertThat(newest().isPlanned()).isTrue();
        assertThat(newest().cause()).isEqualTo("it was asked for: restart (new code) from pid 12");
    }

    @Test
    void aRestartBesideTheServingGenerationIsOneChapterWithItsDrain() {
        started();
        info("gateway.wish", "RESTART (new code) from pid 12");
        begun("new code");
        phase("rehearsing -> handing-over");
        committed();
        phase("draining -> serving");

        Chapter chapter = newest();

        assertThat(chapter.isPlanned()).isTrue();
        assertThat(chapter.isBeside()).isTrue();
        assertThat(chapter.cause()).isEqualTo("new code");
        assertThat(chapter.result()).isEqualTo("generation 2 serves");
        assertThat(chapter.generation()).isEqualTo(2);
    }

    @Test
    void aRestartThatWasOffIsToldWithItsReasonAndWhoServesOn() {
        started();
        warn("generation.slow", "Generation 1 was slow");
        begun("a normal start is tried again");
        phase("rehearsing -> aborting");
        warn("restart.aborted", "The restart to generation 2 is off: it cannot serve");
        phase("aborting -> serving");

        assertThat(newest().isPlanned()).isTrue();
        assertThat(newest().cause()).isEqualTo("a normal start is tried again");
        assertThat(newest().result())
                .isEqualTo(
                        "The restart to generation 2 is off: it cannot serve; generation 1 serves"
                                + " on");
        assertThat(newest().remarkable())
                .extracting(RingRecord::event)
                .doesNotContain("restart.aborted"); // the result tells it
    }

    @Test
    void aRestartThatBeginsWhileTheOneBeforeDrainsIsAnother() {
        started();
        begun("the first");
        phase("rehearsing -> handing-over");
        committed();
        info("gateway.wish", "RESTART (the second) from pid 12");
        phase("draining -> rehearsing");
        info("restart.begun", "Generation 3 is tried beside generation 2: the second");
        phase("rehearsing -> handing-over");
        committed();
        phase("draining -> serving");

        List<Chapter> chapters = Stability.chapters(records);

        assertThat(chapters)
                .extracting(Chapter::cause)
                .containsExactly("the second", "the first", "Evergate was started");
        assertThat(chapters)
                .extracting(Chapter::result)
                .startsWith("generation 3 serves", "generation 2 serves");
    }

    @Test
    void aStopEndsTheStory() {
        started();
        info("keeper.signal", "SIGTERM");
        phase("serving -> stopping");
        info("keeper.stopped", "Exit code 0");
        assertThat(newest().kind()).isEqualTo(Kind.STOP);
        assertThat(newest().result()).isEqualTo("stopped: Exit code 0");

        started();
        assertThat(newest().kind()).isEqualTo(Kind.START);
        assertThat(newest().cause()).isEqualTo("Evergate was started");
    }

    @Test
    void aKeeperThatEndedWithoutAWordIsNoticedByTheNextOne() {
        started();
        nowMs += 5_000;
        generation = 2;
        started();

        assertThat(newest().kind()).isEqualTo(Kind.RESTART);
        assertThat(newest().isPlanned()).isFalse();
        assertThat(newest().cause()).startsWith("the keeper ended without a word");
    }

    @Test
    void aCrashLoopIsOneChapterThatIsNotOver() {
        started();
        for (int i = 0; i < 20; i++) {
            warn("generation.ended", "Generation " + i + " ended with code 1 before it served");
            phase(i == 0 ? "serving -> booting" : "backoff -> booting");
        }

        List<Chapter> chapters = Stability.chapters(records);

        assertThat(chapters).hasSize(2);
        assertThat(chapters.getFirst().untilMs()).isZero();
        assertThat(chapters.getFirst().result()).isEqualTo("it is not over");
    }

    @Test
    void aRingThatBeginsInTheMiddleIsUnderstoodFromThereOn() {
        info("generation.leftover", "Ended sleep (pid 7)");
        phase("booting -> serving");
        assertThat(Stability.chapters(records)).isEmpty();

        info("keeper.signal", "SIGUSR1");
        phase("serving -> restarting");
        phase("booting -> serving");
        assertThat(Stability.chapters(records)).hasSize(1);
        assertThat(Stability.chapters(List.of())).isEmpty();
    }

    private void begun(String cause) {
        phase("serving -> rehearsing");
        info("restart.begun", "Generation 2 is tried beside generation 1: " + cause);
    }

    private void committed() {
        info("restart.committed", "It serves instead");
        generation++;
        phase("handing-over -> draining");
    }

    private Chapter newest() {
        return Stability.chapters(records).getFirst();
    }

    private void started() {
        info("keeper.started", "Process 1 keeps /state");
        info("generation.started", "Process 2");
        phase("booting -> serving");
    }

    private void phase(String change) {
        info("gateway.phase", change);
    }

    private void info(String event, String text) {
        add(Level.INFO, event, text);
    }

    private void warn(String event, String text) {
        add(Level.WARN, event, text);
    }

    private void add(Level level, String event, String text) {
        nowMs += 100;
        records.add(
                new RingRecord(
                        records.size() + 1,
                        nowMs,
                        RingRecord.Source.KEEPER,
                        level,
                        generation,
                        event,
                        text));
    }
}
