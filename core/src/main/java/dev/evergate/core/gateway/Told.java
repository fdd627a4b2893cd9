package dev.evergate.core.gateway;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * What observers were told, so that an end, or a row, that is learnt of in two ways is told once.
 * Remembers the newest only: both ways lie close together. Thread-safe.
 */
final class Told {
    private static final int REMEMBERED_MAX = 4_096;

    private final SequencedSet<String> ends = new LinkedHashSet<>();
    private final SequencedSet<String> rows = new LinkedHashSet<>();

    /** Whether the end of this run is to be told; from now on it counts as told. */
    synchronized boolean end(String runId) {
        return add(ends, runId);
    }

    synchronized boolean hasEnded(String runId) {
        return ends.contains(runId);
    }

    /** Whether this row is to be told; from now on it counts as told. */
    synchronized boolean row(String rowId) {
        return add(rows, rowId);
    }

    private static boolean add(SequencedSet<String> told, String id) {
        if (!told.add(id)) {
            return false;
        }
        if (told.size() > REMEMBERED_MAX) {
            told.removeFirst();
        }
        return true;
    }
}
