package dev.evergate.app.observe;

import dev.evergate.keeper.ring.RingReader;
import dev.evergate.keeper.ring.RingRecord;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The ring and its chapters as JSON, for the command line and for clients. Stateless. */
public final class StabilityJson {
    private StabilityJson() {}

    /** Chapters, as many as wanted. */
    public static ArrayNode chapters(List<Stability.Chapter> chapters, int limit) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        chapters.stream().limit(limit).map(StabilityJson::chapter).forEach(array::add);
        return array;
    }

    /**
     * What {@code diagnostics.stability} answers, in the shape its clients know; {@code restarts}
     * is Evergate's own.
     *
     * @param chosen the records to show
     * @param all every record of the ring
     */
    public static ObjectNode snapshot(List<RingRecord> chosen, List<RingRecord> all, long nowMs) {
        ObjectNode snapshot = JsonNodeFactory.instance.objectNode();
        snapshot.put("generatedAt", Instant.ofEpochMilli(nowMs).toString());
        snapshot.put("capacity", RingReader.CAPACITY);
        snapshot.put("count", all.size());
        long last = all.isEmpty() ? 0 : all.getLast().seq();
        snapshot.put("dropped", last - all.size());
        if (!chosen.isEmpty()) {
            snapshot.put("firstSeq", chosen.getFirst().seq());
            snapshot.put("lastSeq", chosen.getLast().seq());
        }
        ArrayNode events = snapshot.putArray("events");
        var byType = new TreeMap<String, Long>();
        for (RingRecord entry : chosen) {
            events.add(event(entry).put("type", entry.event()).put("ts", entry.atMs()));
            byType.merge(entry.event(), 1L, Long::sum);
        }
        ObjectNode counts = snapshot.putObject("summary").putObject("byType");
        byType.forEach(counts::put);
        return snapshot;
    }

    private static ObjectNode chapter(Stability.Chapter chapter) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("kind", chapter.kind().name().toLowerCase(Locale.ROOT));
        node.put("at", chapter.atMs());
        node.put("until", chapter.untilMs());
        node.put("planned", chapter.isPlanned());
        node.put("cause", chapter.cause());
        node.put("result", chapter.result());
        node.put("generation", chapter.generation());
        ArrayNode seen = node.putArray("seen");
        chapter.seen().stream()
                .map(entry -> event(entry).put("event", entry.event()).put("at", entry.atMs()))
                .forEach(seen::add);
        return node;
    }

    private static ObjectNode event(RingRecord entry) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("seq", entry.seq())
                .put("level", entry.level().name())
                .put("process", entry.source().name().toLowerCase(Locale.ROOT))
                .put("generation", entry.generation())
                .put("text", entry.text());
    }
}
