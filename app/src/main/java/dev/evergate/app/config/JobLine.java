package dev.evergate.app.config;

import dev.evergate.core.time.World;

import java.util.ArrayDeque;
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
        Runnable next = next();
        try {
            while (next != IDLE) {
                next.run();
                next = next();
            }
        } finally {
            if (next != IDLE) {
                goOn(); // a job threw: the others are not to suffer
            }
        }
    }

    private static final Runnable IDLE = () -> {};

    private void goOn() {
        world.tasks().start("config", this::work);
    }

    private Runnable next() {
        synchronized (waiting) {
            Runnable next = waiting.poll();
            isBusy = next != null;
            return next == null ? IDLE : next;
        }
    }
}
