package dev.evergate.testkit.time;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits in real time, for tests of real threads, sockets and processes. */
public final class Wait {
    private static final long LOOK_EVERY_MS = 10;

    private Wait() {}

    /** Waits until {@code condition} holds; fails with {@code what} when it does not in time. */
    public static void until(String what, long timeoutMs, Callable<Boolean> condition) {
        until(() -> what, timeoutMs, condition);
    }

    /** As above; {@code what} is asked only for the failure, and may describe the state then. */
    public static void until(Supplier<String> what, long timeoutMs, Callable<Boolean> condition) {
        TimeLimit limit = TimeLimit.in(timeoutMs);
        while (!holds(condition)) {
            if (limit.leftMs() == 0) {
                throw new AssertionError("not within " + timeoutMs + " ms: " + what.get());
            }
            pause(LOOK_EVERY_MS);
        }
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Lets time pass: for fakes that are slow on purpose, never to wait for something. */
    public static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
