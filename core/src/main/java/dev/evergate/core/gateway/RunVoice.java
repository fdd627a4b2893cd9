package dev.evergate.core.gateway;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.GatewayEvent.Run;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.TurnJournal.Begun;
import dev.evergate.core.time.Timers.Timer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;

/**
 * What observers hear of one run: numbered, in order, and not more often than eyes can follow.
 *
 * <p>Thread-safe: text comes from the run's task, its last piece may be sent by a timer.
 */
final class RunVoice {
    private static final Logger log = LoggerFactory.getLogger(RunVoice.class);

    /**
     * Numbers of a later attempt start far above those of the one before, so that they never meet.
     */
    static final long ATTEMPT_SPAN = 1_000_000;

    /** Each event carries the whole text so far, so that many small ones would cost its square. */
    private static final long QUIET_MS = 25;

    /** What a crash may cost a reader who comes back: about this much of the text. */
    private static final long CHECKPOINT_MS = 1_000;

    private final GatewayParts parts;
    private final Epoch epoch;
    private final Run run;
    private final boolean replacing;
    private final StringBuilder text = new StringBuilder();
    private long seq;
    private int announcedChars;
    private long announcedAtNanos;
    private long checkpointAtNanos;
    private boolean silent;
    private Optional<Timer> pending = Optional.empty();

    RunVoice(GatewayParts parts, Epoch epoch, Begun begun) {
        this.parts = parts;
        this.epoch = epoch;
        this.run =
                new Run(
                        begun.turn().runId(),
                        begun.turn().sessionKey(),
                        begun.session().sessionId(),
                        begun.session().agentId());
        this.replacing = begun.turn().attempt() > 0;
        this.seq = begun.turn().attempt() * ATTEMPT_SPAN;
        long now = parts.world().time().nanos();
        this.announcedAtNanos = now - QUIET_MS * 1_000_000;
        this.checkpointAtNanos = now;
    }

    synchronized String text() {
        return text.toString();
    }

    synchronized void started(long startedAtMs) {
        parts.feed().publish(new GatewayEvent.RunStarted(run, ++seq, startedAtMs, wallMillis()));
    }

    synchronized void model(String provider, String model) {
        parts.feed().publish(new GatewayEvent.RunModel(run, ++seq, provider, model, wallMillis()));
    }

    /** The conversation is being summed up, or has been. */
    synchronized void compacting(boolean isOver, boolean isDone) {
        parts.feed()
                .publish(new GatewayEvent.RunCompacting(run, ++seq, isOver, isDone, wallMillis()));
    }

    /** More text, from the run's task. */
    void text(String delta) {
        Optional<String> checkpoint = Optional.empty();
        synchronized (this) {
            text.append(delta);
            long now = parts.world().time().nanos();
            long quietMs = (now - announcedAtNanos) / 1_000_000;
            if (quietMs >= QUIET_MS) {
                announce();
            } else if (pending.isEmpty()) {
                pending =
                        Optional.of(
                                parts.world()
                                        .timers()
                                        .after(QUIET_MS - quietMs, this::announceLate));
            }
            if (now - checkpointAtNanos >= CHECKPOINT_MS * 1_000_000) {
                checkpointAtNanos = now;
                checkpoint = Optional.of(text.toString());
            }
        }
        checkpoint.ifPresent(this::checkpoint);
    }

    /** Sends what has not been sent; nothing but the end comes afterwards. */
    synchronized void settle() {
        pending.ifPresent(Timer::cancel);
        pending = Optional.empty();
        if (announcedChars < text.length()) {
            announce();
        }
        silent = true;
    }

    synchronized void ended(RunEnd end) {
        parts.feed().publish(new GatewayEvent.RunEnded(run, ++seq, end));
    }

    private synchronized void announceLate() {
        pending = Optional.empty();
        if (!silent && announcedChars < text.length()) {
            announce();
        }
    }

    private void announce() {
        boolean replace = replacing && announcedChars == 0;
        String whole = text.toString();
        String delta = whole.substring(announcedChars);
        announcedChars = whole.length();
        announcedAtNanos = parts.world().time().nanos();
        parts.feed()
                .publish(new GatewayEvent.RunText(run, ++seq, delta, whole, replace, wallMillis()));
    }

    private void checkpoint(String soFar) {
        try {
            parts.journal().turns().checkpoint(epoch, run.runId(), soFar);
        } catch (EvergateException e) {
            // Only convenience is lost: without a checkpoint a resumed answer starts anew. The end
            // will be stored or retried.
            log.warn("No checkpoint for turn {}: {}", run.runId(), e.getMessage());
        }
    }

    private long wallMillis() {
        return parts.world().time().wallMillis();
    }
}
