package dev.evergate.app.cli;

import dev.evergate.app.observe.RestartReports;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Time;
import dev.evergate.keeper.link.News;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Hears from a keeper how a restart goes. Used by one thread. */
final class RestartProgress {
    /** The report of a restart follows its end at once; a keeper that sends none is not awaited. */
    private static final long REPORT_MS = 500;

    private final Keepers.Talk talk;
    private final Time time;
    private final Screen screen;
    private final long startedNanos;
    private Optional<Owner> now = Optional.empty();
    private Optional<Outcome> outcome = Optional.empty();
    private Optional<RestartReport> report = Optional.empty();
    private long settledAfterMs;
    private String shown = "";

    /** Shows a step that begins. */
    interface Screen {
        void show(long sinceMs, String step);
    }

    RestartProgress(Keepers.Talk talk, Time time, Screen screen) {
        this.talk = talk;
        this.time = time;
        this.screen = screen;
        this.startedNanos = time.nanos();
    }

    /** Where the gateway stood last. */
    Optional<Owner> now() {
        return now;
    }

    /** What became of the wish, if that is known. */
    Optional<Outcome> outcome() {
        return outcome;
    }

    /** The report, if the restart is over and left one. */
    Optional<RestartReport> report() {
        return report;
    }

    /** From the wish to its outcome. */
    long settledAfterMs() {
        return settledAfterMs;
    }

    /**
     * Listens until everything is known.
     *
     * @param isBrief whether it is enough to know that the keeper has heard the wish
     * @throws IOException if the keeper ended before it said what became of the wish
     */
    RestartProgress until(Deadline deadline, boolean isBrief) throws IOException {
        try {
            listen(deadline, isBrief);
        } catch (IOException e) {
            if (outcome.isEmpty()) {
                throw e;
            }
        }
        return this;
    }

    private void listen(Deadline deadline, boolean isBrief) throws IOException {
        while (!isOver(isBrief)) {
            long leftMs = deadline.remainingMillis(time);
            // What goes on may take long; what is over has its report on its way.
            long waitMs = isSettled() ? Math.min(leftMs, REPORT_MS) : leftMs;
            Optional<News> news =
                    waitMs <= 0 ? Optional.empty() : talk.next(Duration.ofMillis(waitMs));
            if (news.isEmpty()) {
                return;
            }
            hear(news.get());
        }
    }

    private boolean isOver(boolean isBrief) {
        return isBrief
                ? outcome.isPresent() || now.isPresent()
                : outcome.isPresent() && report.isPresent();
    }

    /** Whether the outcome is known and nothing of the restart goes on any more. */
    private boolean isSettled() {
        return outcome.isPresent()
                && now.map(Owner::phase).filter(phase -> !phase.equals("serving")).isEmpty();
    }

    private void hear(News news) {
        switch (news) {
            case News.Now(var owner) -> {
                now = Optional.of(owner);
                show(owner);
            }
            case News.Settled(var result) -> {
                outcome = Optional.of(result);
                settledAfterMs = sinceMs();
            }
            case News.Reported(var fields) ->
                    report = Optional.of(RestartReports.read(fields, time.wallMillis()));
        }
    }

    private void show(Owner owner) {
        String step = step(owner);
        if (!step.equals(shown)) {
            screen.show(sinceMs(), step);
            shown = step;
        }
    }

    private long sinceMs() {
        return Duration.ofNanos(time.nanos() - startedNanos).toMillis();
    }

    private static String step(Owner owner) {
        String serving = "generation " + owner.generation();
        return switch (owner.phase()) {
            case "booting" -> serving + " starts";
            case "serving" -> serving + " serves";
            case "rehearsing" -> "the next generation starts and rehearses; " + serving + " serves";
            case "handing-over" -> serving + " hands over";
            case "aborting" -> "the next generation has failed; " + serving + " goes on";
            case "draining" -> serving + " serves; the one before ends its answers";
            case "backoff" -> "nobody serves; the next attempt to start follows";
            case "stopping" -> "the gateway stops";
            default -> serving + ": " + owner.phase();
        };
    }
}
