package dev.evergate.server.session;

import java.util.ArrayList;
import java.util.List;

/**
 * What waits for one loop, in order: events, and steps that must come exactly between two of them.
 * Not thread-safe.
 */
final class Deliveries {
    /** More waiting events than this means that the loop is stuck: they are dropped and counted. */
    private static final int EVENTS_MAX = 10_000;

    private final List<Stretch> stretches = new ArrayList<>(1);
    private int size;

    /** Events, and what to do behind them. */
    private static final class Stretch {
        final List<Broadcast> events = new ArrayList<>();
        long lost;
        Runnable step = () -> {};
    }

    /** Takes a stretch of events. */
    interface Receiver {
        /**
         * Delivers.
         *
         * @param lost events that were dropped for want of room
         */
        void take(List<Broadcast> events, long lost);
    }

    boolean isEmpty() {
        return stretches.isEmpty();
    }

    void add(List<Broadcast> events) {
        Stretch last = last();
        if (size < EVENTS_MAX || events.stream().anyMatch(Broadcast::isVital)) {
            last.events.addAll(events);
            size += events.size();
        } else {
            last.lost += events.size();
        }
    }

    void add(Runnable step) {
        last().step = step;
        stretches.add(new Stretch());
    }

    private Stretch last() {
        if (stretches.isEmpty()) {
            stretches.add(new Stretch());
        }
        return stretches.getLast();
    }

    /** Delivers all events and takes all steps, in order. */
    void deliver(Receiver receiver) {
        for (Stretch stretch : stretches) {
            if (!stretch.events.isEmpty() || stretch.lost > 0) {
                receiver.take(stretch.events, stretch.lost);
            }
            stretch.step.run();
        }
    }
}
