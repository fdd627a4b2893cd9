package dev.evergate.server.http;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The connections that have not proven who they are, oldest first. There is room for a limited
 * number: one more costs the oldest its place, so that whoever holds connections open cannot keep
 * others out. A few may take all the time they have; of more than that, those go first that have
 * been here for a while: many clients may come at once, but not stay (S6). Not thread-safe.
 */
final class Strangers<S extends Strangers.Stranger> {
    private final ArrayDeque<S> waiting = new ArrayDeque<>();
    private final int sizeMax;
    private final int stayingMax;

    /** A connection as it is seen here. */
    interface Stranger {
        /** Whether it has proven itself or is gone. */
        boolean isSettled();

        /** Whether its request should have been here, or its answer been read, long ago. */
        boolean isLate(long nowNanos);

        /** Whether it has been here long enough to go if there are many. */
        boolean isStaying(long nowNanos);

        /** Ends it. */
        void cut();
    }

    /**
     * @param stayingMax how many may be here for longer than a while
     */
    Strangers(int sizeMax, int stayingMax) {
        this.sizeMax = sizeMax;
        this.stayingMax = stayingMax;
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

    /** Forgets those that are settled, and cuts those that are late or stay though many do. */
    void scan(long nowNanos) {
        waiting.removeIf(Stranger::isSettled);
        int tooMany = waiting.size() - stayingMax;
        for (Iterator<S> all = waiting.iterator(); all.hasNext(); ) {
            S stranger = all.next();
            if (stranger.isLate(nowNanos) || (tooMany > 0 && stranger.isStaying(nowNanos))) {
                all.remove();
                stranger.cut();
                tooMany--;
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
