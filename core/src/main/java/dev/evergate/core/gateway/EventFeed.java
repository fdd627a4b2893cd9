package dev.evergate.core.gateway;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Tells observers what happens. Thread-safe.
 *
 * <p>An observer is called on the thread that publishes, in the order of that thread; it must be
 * quick and must not throw.
 */
public final class EventFeed {
    private final List<Consumer<GatewayEvent>> observers = new CopyOnWriteArrayList<>();

    /** Calls {@code observer} for every event from now on, until the subscription is closed. */
    public Subscription subscribe(Consumer<GatewayEvent> observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    public void publish(GatewayEvent event) {
        for (Consumer<GatewayEvent> observer : observers) {
            observer.accept(event);
        }
    }

    /** An observer's place in the feed. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
