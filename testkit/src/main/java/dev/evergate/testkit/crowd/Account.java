package dev.evergate.testkit.crowd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What happened to everybody. Thread-safe. */
final class Account {
    private static final int SHOWN_EACH_MAX = 8;

    final Latencies calls = new Latencies();
    final Latencies visits = new Latencies();
    final Latencies arrivals = new Latencies();
    final AtomicLong events = new AtomicLong();
    final AtomicLong turns = new AtomicLong();
    final AtomicLong resumed = new AtomicLong();
    final AtomicLong retries = new AtomicLong();
    final AtomicLong wakes = new AtomicLong();
    private final List<String> retried = new ArrayList<>();
    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
    private final Map<Fault, List<String>> shown = new EnumMap<>(Fault.class);

    synchronized void fault(Fault kind, String what) {
        long _ = faults.merge(kind, 1L, Long::sum);
        List<String> texts = shown.computeIfAbsent(kind, _ -> new ArrayList<>());
        if (texts.size() < SHOWN_EACH_MAX) {
            texts.add(what);
        }
    }

    /** A request was told to come again, which is allowed but not wished for. */
    synchronized void retry(String what) {
        retries.incrementAndGet();
        if (retried.size() < SHOWN_EACH_MAX) {
            retried.add("told to come again: " + what);
        }
    }

    synchronized Map<Fault, Long> faults() {
        return Collections.unmodifiableMap(new EnumMap<>(faults));
    }

    /** The first few of each kind, told in words. */
    synchronized List<String> examples() {
        List<String> all = new ArrayList<>(retried);
        shown.forEach((kind, texts) -> texts.forEach(text -> all.add(kind + ": " + text)));
        return all;
    }
}
