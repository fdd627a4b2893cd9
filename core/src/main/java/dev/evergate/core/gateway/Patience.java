package dev.evergate.core.gateway;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import java.util.function.BooleanSupplier;

/** Waits for what others do; belongs on a task. Thread-safe. */
record Patience(World world) {
    private static final long LOOK_MS = 5;

    /** Whether this has become so before the deadline. */
    boolean holdsUntil(BooleanSupplier condition, Deadline deadline) {
        while (!condition.getAsBoolean()) {
            if (deadline.hasPassed(world.time()) || !paused(LOOK_MS)) {
                return false;
            }
        }
        return true;
    }

    /** Waits so long; false if it was interrupted. */
    boolean paused(long millis) {
        try {
            world.pause(millis);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
