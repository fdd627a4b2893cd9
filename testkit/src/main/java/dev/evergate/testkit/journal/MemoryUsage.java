package dev.evergate.testkit.journal;

import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Usage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the transcripts of a {@link MemoryJournal} have cost. */
record MemoryUsage(MemoryJournal journal) implements Usage {
    private static final long DAY_MS = 86_400_000;

    @Override
    public List<Sum> sums(Span span) {
        return journal.atomically(() -> summed(span));
    }

    private List<Sum> summed(Span span) {
        Map<List<Object>, Sum> sums = new LinkedHashMap<>();
        for (MemoryDisk.Window window : journal.disk().windows.values()) {
            for (TranscriptRow row : window.rows()) {
                if (isIn(span, row)) {
                    Sum one = one(span, window.key(), row);
                    List<Object> group =
                            List.of(one.day(), one.sessionKey(), one.provider(), one.model());
                    Sum _ = sums.merge(group, one, MemoryUsage::plus);
                }
            }
        }
        List<Sum> all = new ArrayList<>(sums.values());
        all.sort(
                Comparator.comparingLong(Sum::day)
                        .reversed()
                        .thenComparing(Sum::sessionKey)
                        .thenComparing(Sum::provider)
                        .thenComparing(Sum::model));
        return all.subList(0, Math.min(all.size(), SUMS_MAX));
    }

    private static boolean isIn(Span span, TranscriptRow row) {
        return row.timestampMs() >= span.fromMs()
                && row.timestampMs() < span.untilMs()
                && row.provenance().inputTokens() + row.provenance().outputTokens() > 0;
    }

    private static Sum one(Span span, String key, TranscriptRow row) {
        return new Sum(
                (row.timestampMs() + span.offsetMs()) / DAY_MS,
                key,
                row.provenance().provider(),
                row.provenance().model(),
                1,
                row.provenance().inputTokens(),
                row.provenance().outputTokens());
    }

    private static Sum plus(Sum a, Sum b) {
        return new Sum(
                a.day(),
                a.sessionKey(),
                a.provider(),
                a.model(),
                a.answers() + b.answers(),
                a.inputTokens() + b.inputTokens(),
                a.outputTokens() + b.outputTokens());
    }
}
