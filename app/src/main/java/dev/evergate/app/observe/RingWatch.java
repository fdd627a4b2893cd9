package dev.evergate.app.observe;

import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;
import dev.evergate.keeper.ring.RingReader;
import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.server.spi.StabilitySource;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Reads the ring for a running gateway: what the keeper saw and did, which no other process of the
 * gateway can know. Thread-safe; blocks on the disk.
 */
final class RingWatch implements StabilitySource {
    private static final String NAME = "evergate_lifecycle_events_total";
    private static final String HELP =
            "What keeper and generations recorded in the stability ring, by event.";

    private final Path ring;
    private final LongSupplier wallMillis;
    private final Map<String, Long> counts = new TreeMap<>();
    private long countedSeq;

    RingWatch(Path ring, LongSupplier wallMillis) {
        this.ring = ring;
        this.wallMillis = wallMillis;
    }

    @Override
    public JsonNode read(int limit, Optional<String> type, long sinceSeq) {
        List<RingRecord> all = RingReader.read(ring);
        List<RingRecord> fitting =
                all.stream()
                        .filter(entry -> entry.seq() > sinceSeq)
                        .filter(entry -> type.isEmpty() || entry.event().equals(type.get()))
                        .toList();
        List<RingRecord> chosen =
                fitting.subList(Math.max(0, fitting.size() - limit), fitting.size());
        var snapshot = StabilityJson.snapshot(chosen, all, wallMillis.getAsLong());
        snapshot.set("restarts", StabilityJson.chapters(Stability.chapters(all), limit));
        return snapshot;
    }

    /**
     * How often each event was recorded: what the ring held when this was first asked, and
     * everything since.
     */
    synchronized Metric metric() {
        for (RingRecord entry : RingReader.read(ring, countedSeq)) {
            counts.merge(entry.event(), 1L, Long::sum);
            countedSeq = Math.max(countedSeq, entry.seq());
        }
        List<Point> points = new ArrayList<>();
        counts.forEach((event, count) -> points.add(Point.of("event", event, count)));
        return new Metric.Counter(NAME, HELP, points);
    }
}
