package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Aborting;
import dev.evergate.keeper.GatewayPhase.Backoff;
import dev.evergate.keeper.GatewayPhase.Booting;
import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.GatewayPhase.Draining;
import dev.evergate.keeper.GatewayPhase.HandingOver;
import dev.evergate.keeper.GatewayPhase.Rehearsing;
import dev.evergate.keeper.GatewayPhase.Serving;
import dev.evergate.keeper.GatewayPhase.Stopping;
import dev.evergate.keeper.RestartReport.Mark;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.keeper.watch.Finding;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Keeps the report of the restart that is going on, and those that nobody has taken yet.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class RestartBook {
    private static final int UNSENT_MAX = 16;
    private static final int CAUSES_MAX = 64;

    private final Limits limits;
    private final KeeperLog log;
    private final List<String> causes = new ArrayList<>();
    private final Deque<LinkMessage> unsent = new ArrayDeque<>();
    private @Nullable RestartReport current;
    private @Nullable LinkMessage news;
    private String lastWhy = "";

    RestartBook(Limits limits, KeeperLog log) {
        this.limits = limits;
        this.log = log;
    }

    /** Somebody wants a restart: the one that has not committed yet, or the next one. */
    void wished(String cause) {
        RestartReport report = current;
        if (report != null && !report.has(Mark.COMMITTED)) {
            report.wished(cause);
        } else if (causes.size() < CAUSES_MAX) {
            causes.add(cause);
        }
    }

    /** Nobody waits any more: what serves now has begun after every wish. */
    void forgetWishes() {
        causes.clear();
    }

    /** A restart begins; {@code otherwise} is its cause if nobody wished for it. */
    void begin(Generation from, long to, String otherwise) {
        long nowMs = HostTime.monotonicMs();
        RestartReport report = new RestartReport(from.number(), to, HostTime.wallMs(), nowMs);
        report.version("fromVersion", from.version());
        if (causes.isEmpty()) {
            causes.add(otherwise);
        }
        for (String cause : causes) {
            report.wished(cause);
        }
        log.info(
                "restart.begun",
                "Generation "
                        + to
                        + " is tried beside generation "
                        + from.number()
                        + ": "
                        + causes.getFirst());
        causes.clear();
        current = report;
    }

    /** The restart that goes on, null for none. */
    @Nullable RestartReport current() {
        return current;
    }

    /** Why the last restart that was aborted was. */
    String lastWhy() {
        return lastWhy;
    }

    /** Something went wrong with the restart that goes on. */
    void failed(String reason) {
        if (current != null) {
            current.failed(reason);
        }
    }

    /** One of the two says that something went wrong, but perhaps not what. */
    void suspected(String reason) {
        if (current != null) {
            current.suspected(reason);
        }
    }

    /** A successor has ended that had not taken over. */
    void successorEnded(Generation successor, int status) {
        RestartReport report = current;
        boolean isKnown = successor.isKilled() && report != null && !report.why().isEmpty();
        if (!isKnown) {
            String how = Obituary.how(successor.number(), status);
            failed(how + " before it had taken over");
        }
    }

    /** The same if it was this generation's end. */
    void failedBecauseOf(long number, String how) {
        if (current != null && current.from() == number) {
            current.failed(how);
        }
    }

    /** One of the two has to be killed. */
    void killed(long number, Cause cause, Finding.Wedged wedge) {
        RestartReport report = current;
        if (report == null) {
            return;
        }
        String who = "generation " + number;
        String why =
                switch (cause) {
                    case START_OVERDUE ->
                            who + " had not rehearsed within " + limits.startMs() + " ms";
                    case HAND_OVER_OVERDUE ->
                            who + " had not taken over within " + limits.handOverMs() + " ms";
                    case STOP_OVERDUE ->
                            who + " had not drained within " + limits.drainMs() + " ms";
                    case ZOMBIE -> who + " had finished but stayed for " + limits.exitMs() + " ms";
                    case WEDGED -> who + " made no progress: " + wedge.reason();
                    case GIVEN_UP, STOP_NOW -> "";
                };
        if (why.isEmpty()) {
            return;
        }
        if (report.has(Mark.COMMITTED)) {
            report.straggler(why);
        } else {
            report.failed(why);
        }
    }

    void mark(Mark mark) {
        if (current != null) {
            current.mark(mark, HostTime.monotonicMs());
        }
    }

    /** The gateway's phase has changed, or a generation was launched in the same one. */
    void changed(GatewayPhase before, GatewayPhase after) {
        RestartReport report = current;
        if (report == null) {
            return;
        }
        switch (after) {
            case Rehearsing _, HandingOver _, Aborting _ when !(before instanceof Draining) -> {
                // It goes on.
            }
            case Draining _ -> {
                report.shared();
                committed(report);
            }
            case Stopping _ -> {
                report.failed("the gateway was stopped");
                end(report);
            }
            case Booting _ when before instanceof Rehearsing || before instanceof HandingOver -> {
                String over = "Generation " + report.from() + " is over; generation ";
                log.warn("restart.alone", over + report.to() + " goes on alone");
            }
            case Serving _ when before instanceof Booting -> {
                report.suspected(
                        "generation " + report.from() + " was over before it had handed over");
                committed(report);
                end(report);
            }
            case Rehearsing _, HandingOver _, Aborting _, Booting _, Serving _, Backoff _ ->
                    end(report);
        }
    }

    private void committed(RestartReport report) {
        report.mark(Mark.COMMITTED, HostTime.monotonicMs());
        log.info(
                "restart.committed",
                "Generation "
                        + report.to()
                        + " serves instead of generation "
                        + report.from()
                        + ", "
                        + report.msUntil(Mark.COMMITTED)
                        + " ms after the restart began");
    }

    private void end(RestartReport report) {
        boolean isCommitted = report.has(Mark.COMMITTED);
        boolean isEnded = report.has(Mark.ENDED) || !report.isShared();
        if (isCommitted && !isEnded) {
            report.failed("generation " + report.to() + " was over before its predecessor");
        }
        LinkMessage message = report.toMessage(isCommitted, HostTime.monotonicMs());
        if (isCommitted) {
            String why = report.why().isEmpty() ? "" : ", but " + report.why();
            log.info(
                    "restart.ended", "The restart to generation " + report.to() + " is over" + why);
        } else {
            lastWhy = report.why();
            String text = "The restart to generation " + report.to() + " is off: ";
            log.complain("restart.aborted", text + report.why());
        }
        news = message;
        unsent.addLast(message);
        if (unsent.size() > UNSENT_MAX) {
            unsent.removeFirst();
        }
        current = null;
    }

    /** The report of a restart that is over, once; null if there is none. */
    @Nullable LinkMessage takeNews() {
        LinkMessage taken = news;
        news = null;
        return taken;
    }

    /** Hands the reports of restarts that are over to somebody who takes them. */
    void deliver(Predicate<LinkMessage> taker) {
        while (!unsent.isEmpty() && taker.test(unsent.getFirst())) {
            unsent.removeFirst();
        }
    }
}
