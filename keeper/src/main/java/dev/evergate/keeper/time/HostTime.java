package dev.evergate.keeper.time;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The keeper's only source of clocks, threads and randomness.
 *
 * <p>Everything that decides gets its time and its random numbers as values, so this class needs no
 * seam of its own. Thread-safety: stateless.
 */
public final class HostTime {
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final long DAEMON_STACK_BYTES = 256 * 1024;

    private HostTime() {}

    /** Milliseconds of the wall clock since 1970; for records only, it may jump. */
    public static long wallMs() {
        return System.currentTimeMillis();
    }

    /** Milliseconds of a clock that never jumps; for durations and deadlines. */
    public static long monotonicMs() {
        return System.nanoTime() / NANOS_PER_MS;
    }

    /** Waits; returns early when the thread is interrupted, with its flag still set. */
    public static void sleep(long durationMs) {
        long end = monotonicMs() + durationMs;
        for (long left = durationMs;
                left > 0 && !Thread.currentThread().isInterrupted();
                left = end - monotonicMs()) {
            LockSupport.parkNanos(left * NANOS_PER_MS);
        }
    }

    /** Starts a named platform thread that does not keep the process alive. */
    public static Thread startDaemon(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, DAEMON_STACK_BYTES, false);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** A number in [0, 1), unpredictable enough to spread retries. */
    public static double fraction() {
        return new SplittableRandom().nextDouble();
    }

    /** A random UUID in text form, made by the kernel. */
    public static String uuid() throws IOException {
        byte[] text = Files.readAllBytes(Path.of("/proc/sys/kernel/random/uuid"));
        return new String(text, StandardCharsets.ISO_8859_1).strip();
    }
}
