package dev.evergate.server.http;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * The connections that have not proven who they are, oldest first. There is room for a limited
 * number: one more costs the oldest its place, so that whoever holds connections open cannot keep
 * others out. Not thread-safe.
 */
final class Strangers {
    private final ArrayDeque<Stranger> waiting = new ArrayDeque<>();
    private final int sizeMax;

    /** A connection as it is seen here. */
    interface Stranger {
        /** Whether it has proven itself or is gone. */
        boolean isSettled();

        /** Whether its request should have been here long ago. */
        boolean isLate(long nowNanos);

        /** Ends it. */
        void cut();
    }

    Strangers(int sizeMax) {
        this.sizeMax = sizeMax;
    }

    void add(Stranger stranger) {
        waiting.add(stranger);
        if (waiting.size() > sizeMax) {
            waiting.removeIf(Stranger::isSettled);
        }
        if (waiting.size() > sizeMax) {
            waiting.removeFirst().cut();
        }
    }

    /** Forgets those that are settled and cuts those that are late. */
    void scan(long nowNanos) {
        for (Iterator<Stranger> all = waiting.iterator(); all.hasNext(); ) {
            Stranger stranger = all.next();
            if (stranger.isSettled()) {
                all.remove();
            } else if (stranger.isLate(nowNanos)) {
                all.remove();
                stranger.cut();
            }
        }
    }

    void cutAll() {
        waiting.forEach(Stranger::cut);
        waiting.clear();
    }
}
