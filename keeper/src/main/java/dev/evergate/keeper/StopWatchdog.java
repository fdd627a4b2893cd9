package dev.evergate.keeper;

import dev.evergate.keeper.time.HostTime;

import org.jspecify.annotations.Nullable;

/**
 * Ends this process when its own stop takes too long; nothing can hold it up.
 *
 * <p>It is armed by whoever hears first that the keeper is to end, which is the thread of the
 * signal: a loop that hangs may never hear of it. Thread-safety: safe; it waits on a thread of its
 * own.
 */
final class StopWatchdog implements Runnable {
    /** For somebody who asks again; longer than killing a generation takes. */
    private static final long NOW_MS = 4_000;

    /** Until somebody knows better. */
    private static final long UNKNOWN_MS = 20_000;

    private static final long LOOK_MS = 100;

    private @Nullable Thread thread;
    private long wholeStopMs = UNKNOWN_MS;
    private long deadlineMs = Long.MAX_VALUE;
    private int exit;

    /** From now on an orderly stop may take that long, everything included. */
    synchronized void allow(long ms) {
        wholeStopMs = ms;
    }

    /** The code to end with, once it is known. */
    synchronized void expect(int code) {
        exit = code;
    }

    /** The stop begins, unless it has begun before. */
    synchronized void arm() {
        if (thread == null) {
            armFor(wholeStopMs);
        }
    }

    /** Somebody asks for the end; who asks again does not want to wait so long. */
    synchronized void asked() {
        armFor(thread == null ? wholeStopMs : NOW_MS);
    }

    /** The process ends after this time if it has not ended before. */
    synchronized void armFor(long ms) {
        deadlineMs = Math.min(deadlineMs, HostTime.monotonicMs() + ms);
        if (thread == null) {
            thread = HostTime.startDaemon("stop-watchdog", this);
        }
    }

    @Override
    public void run() {
        while (HostTime.monotonicMs() < deadline()) {
            HostTime.sleep(LOOK_MS);
        }
        Runtime.getRuntime().halt(code());
    }

    private synchronized long deadline() {
        return deadlineMs;
    }

    private synchronized int code() {
        return exit;
    }
}
