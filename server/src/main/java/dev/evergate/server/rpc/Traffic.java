package dev.evergate.server.rpc;

import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts what clients do. Thread-safe. */
public final class Traffic {
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder slowConsumers = new LongAdder();
    private final LongAdder authenticated = new LongAdder();

    /** A request came. */
    public void request() {
        requests.increment();
    }

    /** A request was answered with an error. */
    public void error() {
        errors.increment();
    }

    /** A client read so slowly that its connection was closed. */
    public void slowConsumer() {
        slowConsumers.increment();
    }

    /** A client has proven who it is (1), or has gone (-1). */
    public void authenticated(int change) {
        authenticated.add(change);
    }

    /** All counts. */
    public List<Metric> metrics(int connections) {
        long known = Math.max(0, authenticated.sum());
        return List.of(
                new Metric.Gauge(
                        "evergate_connections",
                        "WebSocket connections.",
                        List.of(
                                Point.of("state", "authenticated", known),
                                Point.of(
                                        "state",
                                        "unauthenticated",
                                        Math.max(0, connections - known)))),
                Metric.counter(
                        "evergate_rpc_requests_total", "Requests of clients.", requests.sum()),
                Metric.counter(
                        "evergate_rpc_errors_total",
                        "Requests of clients that were answered with an error.",
                        errors.sum()),
                new Metric.Counter(
                        "evergate_connections_cut_total",
                        "Connections that the gateway closed because of their peer.",
                        List.of(Point.of("reason", "slow_consumer", slowConsumers.sum()))));
    }
}
