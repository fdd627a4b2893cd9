package dev.evergate.core.telemetry;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.metric.Metric;

import java.util.List;
import java.util.Map;

/**
 * Carries telemetry to a collector. Each method sends at once, waits some seconds at most, and says
 * whether the collector has taken it. Used by one thread.
 */
public interface Exporter extends AutoCloseable {
    boolean spans(List<Span> spans);

    boolean events(List<Event> events);

    /**
     * @param sinceMs when counting began, wall time
     * @param nowMs of the measurements, wall time
     */
    boolean metrics(List<Metric> metrics, long sinceMs, long nowMs);

    /** Gives up connections; does not wait. */
    @Override
    void close();

    /** Makes exporters; found through {@link java.util.ServiceLoader}. */
    interface Factory {
        /**
         * @param resource names this process: {@code service.name} and more
         */
        Exporter open(ConfigSnapshot.Otel settings, Map<String, String> resource);
    }
}
