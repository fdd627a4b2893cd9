package dev.evergate.core.conversation;

import dev.evergate.core.conversation.LaneState.Effect;
import dev.evergate.core.conversation.LaneState.Event;
import dev.evergate.core.time.Loop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every conversation's lane, and the bound on how many turns run at the same time. Thread-safe: all
 * state belongs to the loop.
 */
public final class Lanes {
    private final Loop loop;
    private final Work work;
    private int runningMax;

    private final Map<String, LaneState> lanes = new HashMap<>();
    private final Deque<String> startable = new ArrayDeque<>();
    private final Set<String> running = new HashSet<>();

    /** Carries out what a lane decides. Called on the loop: must not wait. */
    public interface Work {
        /** Starts a turn; false if none may start now: it stays the next one. */
        boolean start(String runId);

        void cancel(String runId);

        void drop(String runId);
    }

    /**
     * @param loop decides; shared with others or not
     * @param runningMax turns at the same time over all conversations, at least 1
     */
    public Lanes(Loop loop, Work work, int runningMax) {
        this.loop = loop;
        this.work = work;
        this.runningMax = runningMax;
    }

    /** A message of this conversation was accepted; its turn starts when it is its turn. */
    public void arrived(String sessionKey, long arrival, String runId) {
        loop.execute(() -> decide(sessionKey, new Event.Arrived(arrival, runId)));
    }

    /**
     * A turn of this conversation runs in the generation before: others wait for it, but it takes
     * no place here. It ends like any other, or arrives here.
     */
    public void occupied(String sessionKey, String runId) {
        loop.execute(() -> decide(sessionKey, new Event.Occupied(runId)));
    }

    /** A turn that was started did not begin: it is the next one again. */
    public void putBack(String runId) {
        loop.execute(
                () -> {
                    if (running.remove(runId)) {
                        startable.addFirst(runId);
                    }
                });
    }

    /** From now on so many turns run at the same time, at least 1; those that run go on. */
    public void runAtMost(int max) {
        loop.execute(
                () -> {
                    runningMax = max;
                    startWhatMay();
                });
    }

    /** Turns may start again. */
    public void goOn() {
        loop.execute(this::startWhatMay);
    }

    /** A turn that was started has ended. */
    public void ended(String sessionKey, String runId) {
        loop.execute(
                () -> {
                    running.remove(runId);
                    decide(sessionKey, new Event.Ended(runId));
                    startWhatMay();
                });
    }

    /** Stops one turn, or all turns, of a conversation. */
    public void abort(String sessionKey, Optional<String> runId) {
        loop.execute(() -> decide(sessionKey, new Event.Aborted(runId)));
    }

    private void decide(String sessionKey, Event event) {
        LaneState.Step step = lanes.getOrDefault(sessionKey, LaneState.IDLE).next(event);
        if (step.state().isIdle()) {
            lanes.remove(sessionKey);
        } else {
            lanes.put(sessionKey, step.state());
        }
        for (Effect effect : step.effects()) {
            switch (effect) {
                case Effect.Start(var runId) -> {
                    startable.add(runId);
                    startWhatMay();
                }
                case Effect.Cancel(var runId) -> work.cancel(runId);
                case Effect.Drop(var runId) -> work.drop(runId);
            }
        }
    }

    private void startWhatMay() {
        while (running.size() < runningMax && !startable.isEmpty()) {
            if (!work.start(startable.element())) {
                return;
            }
            running.add(startable.remove());
        }
    }
}
