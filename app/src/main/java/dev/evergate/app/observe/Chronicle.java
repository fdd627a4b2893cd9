package dev.evergate.app.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;

import dev.evergate.keeper.ring.RingLog;
import dev.evergate.keeper.ring.RingRecord;

import org.slf4j.Marker;

import java.util.List;

/**
 * Chooses which of a generation's log lines go into the stability ring: those that name an event,
 * and warnings of the parts that decide about life and death. Thread-safe.
 */
final class Chronicle {
    private static final List<String> VITAL =
            List.of(
                    "dev.evergate.app.",
                    "dev.evergate.core.fault.",
                    "dev.evergate.core.lifecycle.",
                    "dev.evergate.store.");

    /** A part that warns all the time must not push everything else out of the ring. */
    private static final int UNNAMED_MAX = 30;

    private static final long UNNAMED_PER_MS = 10_000;

    private final RingLog ring;
    private final long generation;
    private long unnamedFullAtMs;

    Chronicle(RingLog ring, long generation) {
        this.ring = ring;
        this.generation = generation;
    }

    long generation() {
        return generation;
    }

    int takeDropped() {
        return ring.takeDropped();
    }

    /** The event a line names, empty for none. */
    static String name(ILoggingEvent line) {
        List<Marker> markers = line.getMarkerList();
        return markers == null || markers.isEmpty() ? "" : markers.getFirst().getName();
    }

    /** Puts a line into the ring if it belongs there; says whether it does. */
    boolean note(ILoggingEvent line) {
        String name = name(line);
        if (name.isEmpty() && !isVital(line)) {
            return false;
        }
        if (name.isEmpty() && !hasRoom(line.getTimeStamp())) {
            return false;
        }
        RingRecord.Level level = level(line.getLevel());
        String event = name.isEmpty() ? unnamed(level) : name;
        IThrowableProxy thrown = line.getThrowableProxy();
        String text =
                thrown == null
                        ? line.getFormattedMessage()
                        : line.getFormattedMessage() + " (" + thrown.getClassName() + ")";
        ring.note(level, generation, event, text);
        return true;
    }

    private static boolean isVital(ILoggingEvent line) {
        return line.getLevel().isGreaterOrEqual(Level.WARN)
                && VITAL.stream().anyMatch(line.getLoggerName()::startsWith);
    }

    /** A bucket that holds so many unnamed lines and leaks one every ten seconds. */
    private synchronized boolean hasRoom(long nowMs) {
        long fullAtMs = Math.max(unnamedFullAtMs, nowMs) + UNNAMED_PER_MS;
        if (fullAtMs - nowMs > UNNAMED_MAX * UNNAMED_PER_MS) {
            return false;
        }
        unnamedFullAtMs = fullAtMs;
        return true;
    }

    private static String unnamed(RingRecord.Level level) {
        return level == RingRecord.Level.ERROR ? "generation.error" : "generation.warning";
    }

    private static RingRecord.Level level(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return RingRecord.Level.ERROR;
        }
        return level.isGreaterOrEqual(Level.WARN) ? RingRecord.Level.WARN : RingRecord.Level.INFO;
    }
}
