package dev.evergate.testkit.time;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits in real time, for tests of real threads, sockets and processes. */
public final class Wait {
    /**
     * What a test gives anything that it only waits for: a machine that is busy with other things
     * may need it, and only a test that fails takes so long.
     */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long LOOK_EVERY_MS = 10;

    private Wait() {}

    /** Waits until {@code condition} holds; fails with {@code what} when it never does. */
    public static void until(String what, Callable<Boolean> condition) {
        until(() -> what, condition);
    }

    /** As above; {@code what} is asked only for the failure, and may describe the state then. */
    public static void until(Supplier<String> what, Callable<Boolean> condition) {
        until(what, PATIENCE.toMillis(), condition);
    }

    /** As above, where what is awaited may take longer than that, or is claimed to take less. */
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
