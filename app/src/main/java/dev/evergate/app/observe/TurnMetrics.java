package dev.evergate.app.observe;

import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;
import dev.evergate.core.metric.Stopwatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts how turns end, and how long they take. Thread-safe. */
final class TurnMetrics {
    private final Map<Turn.State, LongAdder> ended = new ConcurrentHashMap<>();
    private final Stopwatch turns = new Stopwatch();

    /** Listens for as long as the gateway lives. */
    TurnMetrics(EventFeed feed) {
        var _ = feed.subscribe(this::observe);
    }

    private void observe(GatewayEvent event) {
        if (event instanceof GatewayEvent.RunEnded(_, _, var end)) {
            ended.computeIfAbsent(end.state(), _ -> new LongAdder()).increment();
            turns.took((end.endedAtMs() - end.startedAtMs()) * 1_000_000);
        }
    }

    List<Metric> metrics() {
        List<Point> points = new ArrayList<>();
        for (Turn.State state : Turn.State.values()) {
            if (state.isTerminal()) {
                String outcome = state.name().toLowerCase(Locale.ROOT);
                long count = ended.getOrDefault(state, new LongAdder()).sum();
                points.add(Point.of("outcome", outcome, count));
            }
        }
        return List.of(
                new Metric.Counter(
                        "evergate_turns_finished_total",
                        "Turns that ended in this generation, by outcome.",
                        points),
                turns.distribution(
                        "evergate_turn_seconds", "Time from the begin of a turn to its end."));
    }
}
