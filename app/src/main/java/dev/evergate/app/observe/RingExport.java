package dev.evergate.app.observe;

import dev.evergate.core.telemetry.Event;
import dev.evergate.core.telemetry.Span;
import dev.evergate.keeper.ring.RingReader;
import dev.evergate.keeper.ring.RingRecord;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Takes out of the ring what no collector has got yet: what the keeper saw, and the last words of
 * generations, each with its original time. How far it has come stands in the ring itself, so the
 * next generation goes on there. Used by one thread.
 */
final class RingExport {
    private static final Logger log = LoggerFactory.getLogger(RingExport.class);

    private final Path ring;

    RingExport(Path ring) {
        this.ring = ring;
    }

    /**
     * @param spans one for each start, restart and stop that ended among the events
     * @param lastSeq how far it goes
     */
    record Load(List<Event> events, List<Span> spans, long lastSeq) {}

    /** The next records, this many at most. */
    Load next(int max) {
        long exported = RingReader.exported(ring);
        List<RingRecord> all = RingReader.read(ring);
        if (!all.isEmpty() && all.getLast().seq() < exported) {
            exported = 0; // The ring was made anew.
        }
        long after = exported;
        List<RingRecord> fresh =
                all.stream().filter(entry -> entry.seq() > after).limit(max).toList();
        if (fresh.isEmpty()) {
            return new Load(List.of(), List.of(), exported);
        }
        long fromMs = fresh.getFirst().atMs();
        long lastSeq = fresh.getLast().seq();
        List<RingRecord> known = all.stream().filter(entry -> entry.seq() <= lastSeq).toList();
        List<Span> spans =
                Stability.chapters(known).stream()
                        .filter(chapter -> chapter.untilMs() >= fromMs)
                        .filter(chapter -> ended(chapter) > after)
                        // Of a restart beside its predecessor the report makes a better trace.
                        .filter(chapter -> !chapter.isBeside())
                        .map(LifeTraces::of)
                        .toList();
        return new Load(fresh.stream().map(RingExport::event).toList(), spans, lastSeq);
    }

    /** The number of the record with which a chapter was over. */
    private static long ended(Stability.Chapter chapter) {
        return chapter.seen().isEmpty() ? 0 : chapter.seen().getLast().seq();
    }

    /** The collector has got it. */
    void done(Load load) {
        try {
            RingReader.markExported(ring, load.lastSeq());
        } catch (IOException e) {
            log.warn("What was exported cannot be noted: {}", e.toString());
        }
    }

    private static Event event(RingRecord entry) {
        return new Event(
                entry.atMs(),
                Event.Level.valueOf(entry.level().name()),
                entry.event(),
                entry.text(),
                Map.of(
                        "process", entry.source().name().toLowerCase(Locale.ROOT),
                        "generation", Long.toString(entry.generation()),
                        "seq", Long.toString(entry.seq())));
    }
}
