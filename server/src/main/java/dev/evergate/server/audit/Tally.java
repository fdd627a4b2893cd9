package dev.evergate.server.audit;

import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens too often for an entry each: counted until it is written down, at once for what is
 * new and then by the minute. There are only so many entries in an hour, so that no flood pushes
 * anything out of the log; what is over waits, and counts on. Thread-safe; does not block.
 */
final class Tally {
    private static final int KEYS_MAX = 1_000;
    private static final long HOUR_NANOS = 3_600_000_000_000L;

    /** In the place of an address once there are too many to tell apart. */
    private static final Actor SEVERAL = new Actor("", "", "", "", "", "several");

    private final int entriesPerHour;
    private final Map<Key, Count> counts = new LinkedHashMap<>();
    private long hourNanos;
    private int left;

    /** What counts as the same. */
    record Key(Actor actor, Act act, String result) {}

    /** What is to be written down. */
    record Due(Key key, long times) {}

    private static final class Count {
        private long times;
        private boolean isNew = true;
    }

    Tally(int entriesPerHour, long nowNanos) {
        this.entriesPerHour = entriesPerHour;
        this.left = entriesPerHour;
        this.hourNanos = nowNanos;
    }

    /** Counts; returns whether that is new, and so to be {@link #take taken} soon. */
    synchronized boolean add(Key key, long times) {
        boolean isKnown = counts.containsKey(key);
        Key counted =
                isKnown || counts.size() < KEYS_MAX
                        ? key
                        : new Key(SEVERAL, key.act(), key.result());
        Count count = counts.computeIfAbsent(counted, _ -> new Count());
        count.times += times;
        return count.isNew && left > 0;
    }

    /**
     * Gives away what is due.
     *
     * @param isMinuteOver whether also what is not new
     */
    synchronized List<Due> take(long nowNanos, boolean isMinuteOver) {
        if (nowNanos - hourNanos >= HOUR_NANOS) {
            hourNanos = nowNanos;
            left = entriesPerHour;
        }
        List<Due> due = new ArrayList<>();
        if (isMinuteOver) {
            counts.values().removeIf(count -> count.times == 0);
        }
        counts.forEach(
                (key, count) -> {
                    if (left > 0 && count.times > 0 && (isMinuteOver || count.isNew)) {
                        left--;
                        due.add(given(key, count));
                    }
                });
        return due;
    }

    /** Gives away all there is, because nothing follows. */
    synchronized List<Due> takeAll() {
        List<Due> due = new ArrayList<>();
        counts.forEach(
                (key, count) -> {
                    if (count.times > 0) {
                        due.add(given(key, count));
                    }
                });
        counts.clear();
        return due;
    }

    private static Due given(Key key, Count count) {
        Due due = new Due(key, count.times);
        count.times = 0;
        count.isNew = false;
        return due;
    }
}
