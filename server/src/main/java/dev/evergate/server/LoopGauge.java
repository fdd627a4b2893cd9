package dev.evergate.server;

import dev.evergate.core.time.Time;

import io.netty.channel.EventLoop;

import java.util.concurrent.RejectedExecutionException;

/** Measures how long an event loop takes to come round. Thread-safe. */
final class LoopGauge {
    private static final long IDLE = Long.MIN_VALUE;

    private final EventLoop loop;
    private final Time time;
    private volatile long askedNanos = IDLE;

    LoopGauge(EventLoop loop, Time time) {
        this.loop = loop;
        this.time = time;
    }

    /**
     * Milliseconds since a question that the loop has not answered yet; 0 if it has answered all.
     * Each call asks again.
     */
    synchronized long ageMs() {
        long asked = askedNanos;
        if (asked != IDLE) {
            return (time.nanos() - asked) / 1_000_000;
        }
        askedNanos = time.nanos();
        try {
            loop.execute(() -> askedNanos = IDLE);
        } catch (RejectedExecutionException ended) {
            askedNanos = IDLE; // a loop that has ended is not stuck
        }
        return 0;
    }
}
