package dev.evergate.app.config;

import dev.evergate.core.time.World;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** Does one job after the other, on a task. Thread-safe; jobs may wait. */
final class JobLine {
    private static final int WAITING_MAX = 64;

    private final World world;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isBusy;

    JobLine(World world) {
        this.world = world;
    }

    /** Whether it will be done; too many wait otherwise. */
    boolean offer(Runnable job) {
        synchronized (waiting) {
            if (waiting.size() >= WAITING_MAX) {
                return false;
            }
            waiting.add(job);
            if (isBusy) {
                return true;
            }
            isBusy = true;
        }
        world.tasks().start("config", this::work);
        return true;
    }

    private void work() {
        Optional<Runnable> next = next();
        try {
            while (next.isPresent()) {
                next.get().run();
                next = next();
            }
        } finally {
            if (next.isPresent()) {
                // A job threw: the others are not to suffer.
                world.tasks().start("config", this::work);
            }
        }
    }

    private Optional<Runnable> next() {
        synchronized (waiting) {
            Optional<Runnable> next = Optional.ofNullable(waiting.poll());
            isBusy = next.isPresent();
            return next;
        }
    }
}
