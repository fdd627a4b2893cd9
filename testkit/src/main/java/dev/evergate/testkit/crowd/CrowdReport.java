package dev.evergate.testkit.crowd;

import java.util.List;
import java.util.Map;

/**
 * What a crowd has seen. Immutable.
 *
 * @param members WebSockets that should have stayed
 * @param kept those of them that are on the connection they came with, from the same port
 * @param events that were told to all of them together
 * @param turns that ended
 * @param resumed how often a listener saw a run begin anew
 * @param retries requests that were told to come again
 * @param wakes how often a stalled client went on and found everything in order
 * @param faults by kind; empty if nothing went wrong
 * @param examples the first few of each kind
 */
public record CrowdReport(
        int members,
        int kept,
        long events,
        long turns,
        long resumed,
        long retries,
        long wakes,
        Map<Fault, Long> faults,
        List<String> examples,
        Latencies calls,
        Latencies visits,
        Latencies arrivals) {
    /** How often something of this kind went wrong. */
    public long count(Fault kind) {
        return faults.getOrDefault(kind, 0L);
    }

    /** Whether nothing went wrong, and everybody is where they came in. */
    public boolean isFlawless() {
        return faults.isEmpty() && kept == members;
    }

    @Override
    public String toString() {
        return """
        %d of %d WebSockets kept; faults %s; %,d events, %d turns, resumed %d, retries %d, wakes %d
          calls    %s
          GETs     %s
          arrivals %s
          %s"""
                .formatted(
                        kept,
                        members,
                        faults,
                        events,
                        turns,
                        resumed,
                        retries,
                        wakes,
                        calls.figures(),
                        visits.figures(),
                        arrivals.figures(),
                        String.join("\n  ", examples));
    }
}
