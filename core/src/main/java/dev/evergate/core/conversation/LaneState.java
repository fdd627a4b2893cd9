package dev.evergate.core.conversation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The order of one conversation: one turn at a time, in order of arrival (I22). A plain value;
 * {@link #next} decides.
 *
 * <pre>
 *   state    | Arrived            | Occupied         | Ended(running)          | Aborted
 *   idle     | start it           | it is running    | -                       | -
 *   running  | queue it; start it | -                | start the oldest queued | cancel the running, drop the queued
 *            | if it is running   |                  |                         | that are meant
 * </pre>
 *
 * @param running the turn that is being answered, here or by the generation before
 * @param waiting what came meanwhile, oldest first
 */
public record LaneState(Optional<String> running, List<Waiting> waiting) {
    /** Nothing to do. */
    public static final LaneState IDLE = new LaneState(Optional.empty(), List.of());

    public LaneState {
        waiting = List.copyOf(waiting);
    }

    /** A turn that waits for the one before. */
    public record Waiting(long arrival, String runId) {}

    /** What happens to a lane. */
    public sealed interface Event {
        /** A message was accepted. */
        record Arrived(long arrival, String runId) implements Event {}

        /**
         * A turn of the generation before is being answered there. If that cannot end it, it
         * arrives here.
         */
        record Occupied(String runId) implements Event {}

        /** A turn has reached its end, whichever. */
        record Ended(String runId) implements Event {}

        /** Somebody wants one turn, or all turns, to stop. */
        record Aborted(Optional<String> runId) implements Event {}
    }

    /** What is to be done. */
    public sealed interface Effect {
        record Start(String runId) implements Effect {}

        record Cancel(String runId) implements Effect {}

        /** End a turn that never started. */
        record Drop(String runId) implements Effect {}
    }

    /** The state that follows, and what is to be done. */
    public record Step(LaneState state, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    /** Whether nothing runs and nothing waits. */
    public boolean isIdle() {
        return running.isEmpty() && waiting.isEmpty();
    }

    /** Decides. */
    public Step next(Event event) {
        return switch (event) {
            case Event.Arrived(var arrival, var runId) -> arrived(arrival, runId);
            case Event.Occupied(var runId) -> occupied(runId);
            case Event.Ended(var runId) -> ended(runId);
            case Event.Aborted(var runId) -> aborted(runId);
        };
    }

    private Step arrived(long arrival, String runId) {
        if (running.isEmpty() || running.get().equals(runId)) {
            return new Step(
                    new LaneState(Optional.of(runId), waiting), List.of(new Effect.Start(runId)));
        }
        List<Waiting> queue = new ArrayList<>(waiting);
        queue.add(new Waiting(arrival, runId));
        queue.sort(Comparator.comparingLong(Waiting::arrival));
        return new Step(new LaneState(running, queue), List.of());
    }

    private Step occupied(String runId) {
        return running.isEmpty()
                ? new Step(new LaneState(Optional.of(runId), waiting), List.of())
                : new Step(this, List.of());
    }

    private Step ended(String runId) {
        if (running.isEmpty() || !running.get().equals(runId)) {
            return new Step(this, List.of());
        }
        if (waiting.isEmpty()) {
            return new Step(IDLE, List.of());
        }
        String oldest = waiting.getFirst().runId();
        return new Step(
                new LaneState(Optional.of(oldest), waiting.subList(1, waiting.size())),
                List.of(new Effect.Start(oldest)));
    }

    private Step aborted(Optional<String> only) {
        List<Effect> effects = new ArrayList<>();
        running.filter(runId -> only.isEmpty() || only.get().equals(runId))
                .ifPresent(runId -> effects.add(new Effect.Cancel(runId)));
        List<Waiting> kept = new ArrayList<>();
        for (Waiting turn : waiting) {
            if (only.isEmpty() || only.get().equals(turn.runId())) {
                effects.add(new Effect.Drop(turn.runId()));
            } else {
                kept.add(turn);
            }
        }
        return new Step(new LaneState(running, kept), effects);
    }
}
