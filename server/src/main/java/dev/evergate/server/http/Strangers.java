package dev.evergate.server.http;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The connections that have not proven who they are, oldest first. There is room for a limited
 * number: one more costs the oldest its place, so that whoever holds connections open cannot keep
 * others out. Not thread-safe.
 */
final class Strangers<S extends Strangers.Stranger> {
    private final ArrayDeque<S> waiting = new ArrayDeque<>();
    private final int sizeMax;

    /** A connection as it is seen here. */
    interface Stranger {
        /** Whether it has proven itself or is gone. */
        boolean isSettled();

        /** Whether its request should have been here, or its answer been read, long ago. */
        boolean isLate(long nowNanos);

        /** Ends it. */
        void cut();
    }

    Strangers(int sizeMax) {
        this.sizeMax = sizeMax;
    }

    void add(S stranger) {
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
        for (Iterator<S> all = waiting.iterator(); all.hasNext(); ) {
            S stranger = all.next();
            if (stranger.isSettled()) {
                all.remove();
            } else if (stranger.isLate(nowNanos)) {
                all.remove();
                stranger.cut();
            }
        }
    }

    /** Those that are not settled. */
    int size() {
        return (int) waiting.stream().filter(stranger -> !stranger.isSettled()).count();
    }

    /**
     * Ends those that are not settled and that {@code which} is true of, as {@code how} says, and
     * forgets them.
     */
    void end(Predicate<? super S> which, Consumer<? super S> how) {
        for (Iterator<S> all = waiting.iterator(); all.hasNext(); ) {
            S stranger = all.next();
            if (!stranger.isSettled() && which.test(stranger)) {
                all.remove();
                how.accept(stranger);
            }
        }
    }
}
