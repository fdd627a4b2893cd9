package dev.evergate.app.observe;

import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.keeper.ring.RingRecord.Level;
import dev.evergate.keeper.ring.RingRecord.Source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Tells from the ring what happened to the gateway: one {@link Chapter} for each start, restart and
 * stop, with its cause, what was seen on the way, and how it came out. Stateless.
 *
 * <p>A chapter begins when the gateway leaves the phase {@code serving}, or with the start of a
 * keeper, and ends when a generation serves or the keeper has stopped. Its cause is the first
 * notable thing of the moments before, or else of what followed: a hang is recorded when the phase
 * has changed already.
 */
public final class Stability {
    private static final String SERVING = "serving";
    private static final String REHEARSING = "rehearsing";
    private static final String BEGUN = "restart.begun";
    private static final String COMMITTED = "restart.committed";
    private static final String ABORTED = "restart.aborted";

    /** What happened longer before a restart is not its cause. */
    private static final long CAUSE_MS = 20_000;

    private static final int NOTABLE_MAX = 32;

    private Stability() {}

    /** What kind of chapter it is. */
    public enum Kind {
        START,
        RESTART,
        STOP
    }

    /**
     * One start, restart or stop.
     *
     * @param atMs when it began, wall time in ms since 1970
     * @param untilMs when it was over; 0 if it is not
     * @param isPlanned whether somebody asked for it
     * @param cause a clause
     * @param seen everything that was recorded meanwhile, in order
     * @param result a clause
     * @param generation the generation that serves since, 0 for none
     */
    public record Chapter(
            Kind kind,
            long atMs,
            long untilMs,
            boolean isPlanned,
            String cause,
            List<RingRecord> seen,
            String result,
            long generation) {
        public Chapter {
            seen = List.copyOf(seen);
        }

        /** Whether it was tried beside the generation that served, which leaves a report. */
        public boolean isBeside() {
            return seen.stream().anyMatch(entry -> entry.event().equals(BEGUN));
        }

        /** What a person should see of it: what went wrong, and what ended how. */
        public List<RingRecord> remarkable() {
            return seen.stream()
                    .filter(
                            entry ->
                                    (entry.level() != Level.INFO
                                                    && !entry.event().equals(ABORTED)) // the result
                                            || entry.event().equals("generation.leftover")
                                            || entry.event().equals("generation.stopped"))
                    .toList();
        }
    }

    /** The chapters in a ring's records, the newest first. */
    public static List<Chapter> chapters(List<RingRecord> records) {
        var reader = new Reader();
        records.forEach(reader::read);
        return reader.finish().reversed();
    }

    /** Goes through the records once, from the oldest to the newest. Used by one thread. */
    private static final class Reader {
        private final List<Chapter> chapters = new ArrayList<>();
        private final Deque<RingRecord> notable = new ArrayDeque<>();
        private Optional<Open> open = Optional.empty();
        private boolean keeperRuns;
        private long lastAtMs;

        /** A chapter whose end has not been read; its cause is empty if that is among the seen. */
        private record Open(
                Kind kind,
                long atMs,
                boolean isPlanned,
                Optional<String> cause,
                List<RingRecord> seen) {}

        void read(RingRecord entry) {
            switch (entry.event()) {
                case "keeper.started" -> keeperStarted(entry);
                case "keeper.stopped" -> {
                    add(entry);
                    close(Kind.STOP, entry.atMs(), "stopped: " + clause(entry.text()), 0);
                    keeperRuns = false;
                }
                case "gateway.phase" -> phaseChanged(entry);
                default -> add(entry);
            }
            lastAtMs = entry.atMs();
        }

        private void add(RingRecord entry) {
            open.ifPresent(chapter -> chapter.seen().add(entry));
            if (open.isEmpty() && isNotable(entry)) {
                notable.addLast(entry);
                if (notable.size() > NOTABLE_MAX) {
                    notable.removeFirst();
                }
            }
        }

        private void keeperStarted(RingRecord entry) {
            if (keeperRuns && open.isPresent()) {
                close(Kind.RESTART, lastAtMs, "the keeper ended without a word meanwhile", 0);
            }
            String cause =
                    keeperRuns
                            ? "the keeper ended without a word: it was killed, or the machine went"
                                    + " down"
                            : "Evergate was started";
            long atMs = keeperRuns && lastAtMs > 0 ? lastAtMs : entry.atMs();
            Kind kind = keeperRuns ? Kind.RESTART : Kind.START;
            open =
                    Optional.of(
                            new Open(
                                    kind,
                                    atMs,
                                    !keeperRuns,
                                    Optional.of(cause),
                                    new ArrayList<>()));
            add(entry);
            keeperRuns = true;
        }

        private void phaseChanged(RingRecord entry) {
            if (entry.text().endsWith(" " + REHEARSING) && last(COMMITTED).isPresent()) {
                // The next restart begins while the generation before the last one still ends.
                close(Kind.RESTART, entry.atMs(), served(entry), entry.generation());
                begin(entry);
            }
            if (open.isEmpty() && entry.text().startsWith(SERVING + " ")) {
                begin(entry);
            }
            add(entry);
            if (entry.text().endsWith(" " + SERVING)) {
                close(Kind.RESTART, entry.atMs(), served(entry), entry.generation());
            }
            keeperRuns = true;
        }

        /** That it serves; and if that is the old one, why. */
        private String served(RingRecord entry) {
            String serves = "generation " + entry.generation() + " serves";
            return last(ABORTED)
                    .map(off -> clause(off.text()) + "; " + serves + " on")
                    .orElse(serves);
        }

        private Optional<RingRecord> last(String event) {
            return open.stream()
                    .flatMap(chapter -> chapter.seen().reversed().stream())
                    .filter(entry -> entry.event().equals(event))
                    .findFirst();
        }

        private void begin(RingRecord entry) {
            notable.removeIf(earlier -> entry.atMs() - earlier.atMs() > CAUSE_MS);
            RingRecord first = notable.isEmpty() ? entry : notable.getFirst();
            boolean isPlanned =
                    first.event().equals("keeper.signal")
                            || first.event().equals("gateway.wish")
                            || entry.text().endsWith(" " + REHEARSING);
            open =
                    Optional.of(
                            new Open(
                                    Kind.RESTART,
                                    first.atMs(),
                                    isPlanned,
                                    Optional.empty(),
                                    new ArrayList<>(notable)));
        }

        private void close(Kind kind, long atMs, String result, long generation) {
            open.ifPresent(
                    chapter ->
                            chapters.add(
                                    new Chapter(
                                            kind == Kind.STOP ? kind : chapter.kind(),
                                            chapter.atMs(),
                                            atMs,
                                            chapter.isPlanned(),
                                            chapter.cause().orElseGet(() -> cause(chapter.seen())),
                                            chapter.seen(),
                                            result,
                                            generation)));
            open = Optional.empty();
            notable.clear();
        }

        List<Chapter> finish() {
            close(open.map(Open::kind).orElse(Kind.RESTART), 0, "it is not over", 0);
            return chapters;
        }
    }

    private static boolean isNotable(RingRecord entry) {
        boolean isAsked =
                entry.event().equals("gateway.wish")
                        || (entry.event().equals("keeper.signal")
                                && !entry.text().equals("SIGHUP"));
        boolean isBad =
                entry.level() != Level.INFO
                        && (entry.event().startsWith("generation.")
                                || entry.event().startsWith("gateway."));
        return isAsked
                || isBad
                || (entry.source() == Source.KEEPER && entry.event().equals("generation.ended"));
    }

    private static String cause(List<RingRecord> seen) {
        Optional<RingRecord> begun =
                seen.stream().filter(entry -> entry.event().equals(BEGUN)).findFirst();
        if (begun.isPresent()) {
            String text = clause(begun.get().text());
            return text.substring(text.indexOf(": ") + 1).strip();
        }
        RingRecord entry =
                seen.stream().filter(Stability::isNotable).findFirst().orElseGet(seen::getFirst);
        return switch (entry.event()) {
            case "keeper.signal" -> entry.text() + " came";
            case "gateway.wish" -> "it was asked for: " + clause(entry.text());
            default -> clause(entry.text());
        };
    }

    /** A sentence as a part of another one. */
    private static String clause(String sentence) {
        String text = sentence.replace("; the next one follows.", "").strip();
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
