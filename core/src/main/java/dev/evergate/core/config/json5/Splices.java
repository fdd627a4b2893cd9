package dev.evergate.core.config.json5;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Changes of a text, collected first and made together. Not thread-safe. */
final class Splices {
    private final List<Splice> splices = new ArrayList<>();

    /** What stands from one character up to another gives way to something else. */
    private record Splice(int start, int end, String text) {}

    void insert(int at, String text) {
        replace(at, at, text);
    }

    void delete(int start, int end) {
        replace(start, end, "");
    }

    void replace(int start, int end, String text) {
        splices.add(new Splice(start, end, text));
    }

    /**
     * The text with all of them. What is inserted at a place stands in order, before what gives
     * way.
     */
    String appliedTo(String text) {
        splices.sort(
                Comparator.comparingInt(Splice::start)
                        .thenComparing(splice -> splice.start() < splice.end()));
        StringBuilder changed = new StringBuilder();
        int done = 0;
        for (Splice splice : splices) {
            // What two of them take away is taken away once.
            int start = Math.max(done, splice.start());
            changed.append(text, done, start).append(splice.text());
            done = Math.max(done, splice.end());
        }
        return changed.append(text, done, text.length()).toString();
    }
}
