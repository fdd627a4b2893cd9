package dev.evergate.testkit.time;

import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Entropy;
import dev.evergate.core.time.Ids;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.Tasks;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One process in a simulated world: it shares time and order with the others, and can be killed.
 *
 * <p>Thread-safety: as {@link SimWorld}.
 */
public final class SimLife implements World {
    private final SimWorld world;
    private final String name;
    private final Consumer<Throwable> faults;
    private boolean killed;

    SimLife(SimWorld world, String name, Consumer<Throwable> faults) {
        this.world = world;
        this.name = name;
        this.faults = faults;
    }

    /**
     * Ends it as {@code kill -9} does: nothing of it runs any further, no {@code finally} block
     * either. Does not return when called from its own code.
     */
    public void kill() {
        killed = true;
        world.abandonIfRunning(this);
    }

    public boolean isKilled() {
        return killed;
    }

    void report(Throwable fault) {
        faults.accept(fault);
    }

    @Override
    public Time time() {
        return world.time();
    }

    @Override
    public Entropy entropy() {
        return world.entropy();
    }

    @Override
    public Ids ids() {
        return world.ids();
    }

    @Override
    public Tasks tasks() {
        return (task, body) -> world.ready(strand(task, body));
    }

    @Override
    public Timers timers() {
        return new Timers() {
            @Override
            public Timer after(long delayMs, Runnable action) {
                SimAlarm alarm = new SimAlarm(SimLife.this, "timer", action, 0);
                world.schedule(alarm, delayMs);
                return alarm;
            }

            @Override
            public Timer every(long periodMs, Runnable action) {
                SimAlarm alarm = new SimAlarm(SimLife.this, "timer", action, periodMs);
                world.schedule(alarm, periodMs);
                return alarm;
            }
        };
    }

    @Override
    public void pause(long millis) {
        world.pause(millis);
    }

    @Override
    public Attempt attempt(String task, Deadline deadline, Attempt.Work work) {
        var outcome = new AtomicReference<Optional<Attempt>>(Optional.empty());
        tasks().start(task, () -> outcome.set(Optional.of(Attempt.of(work))));
        boolean _ =
                world.await(
                        () -> outcome.get().isPresent(), deadline.remainingMillis(world.time()));
        return outcome.get().orElse(new Attempt.Overdue(""));
    }

    @Override
    public Loop loop(String loop) {
        return new SimLoop(loop);
    }

    Strand strand(String part, Runnable body) {
        return new Strand(this, name + "/" + part, body);
    }

    /** Runs one decision after another, each as a strand of its own. */
    private final class SimLoop implements Loop {
        private final String loop;
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private boolean scheduled;
        private boolean closed;

        SimLoop(String loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable decision) {
            if (closed) {
                throw new RejectedExecutionException("the loop is closed");
            }
            waiting.add(decision);
            scheduleNext();
        }

        private void scheduleNext() {
            if (!scheduled && !waiting.isEmpty()) {
                scheduled = true;
                world.ready(strand(loop, this::decide));
            }
        }

        private void decide() {
            try {
                waiting.remove().run();
            } finally {
                scheduled = false;
                scheduleNext();
            }
        }

        @Override
        public long busyMillis() {
            return 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
