package dev.evergate.keeper;

import dev.evergate.keeper.time.HostTime;

/**
 * Ends this process when its own stop takes too long; nothing can hold it up.
 *
 * <p>Thread-safety: a thread of its own.
 */
final class StopWatchdog implements Runnable {
    private final long timeoutMs;
    private final int exit;

    private StopWatchdog(long timeoutMs, int exit) {
        this.timeoutMs = timeoutMs;
        this.exit = exit;
    }

    /** Halts the process with this code after this time, unless it has ended before. */
    static void start(long timeoutMs, int exit) {
        HostTime.startDaemon("stop-watchdog", new StopWatchdog(timeoutMs, exit));
    }

    @Override
    public void run() {
        HostTime.sleep(timeoutMs);
        Runtime.getRuntime().halt(exit);
    }
}
