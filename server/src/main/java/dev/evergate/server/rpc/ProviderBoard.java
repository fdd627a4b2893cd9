package dev.evergate.server.rpc;

import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Turn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How model providers did last, as far as this generation has heard. Bounded; thread-safe.
 *
 * <p>A failure stands until the provider answers again.
 */
public final class ProviderBoard {
    /** More runs than this are not under way at once, or their beginnings were missed. */
    private static final int RUNS_MAX = 1_000;

    private static final int PROVIDERS_MAX = 200;

    private final SequencedMap<String, GatewayEvent.RunModel> asked = new LinkedHashMap<>();
    private final Map<String, Failure> failures = new LinkedHashMap<>();

    /**
     * @param message for people
     */
    record Failure(String model, String message, long atMs) {}

    /** One that listens to what runs say. */
    public static ProviderBoard of(EventFeed feed) {
        ProviderBoard board = new ProviderBoard();
        EventFeed.Subscription _ = feed.subscribe(board::observe);
        return board;
    }

    private void observe(GatewayEvent event) {
        if (event instanceof GatewayEvent.RunModel chosen) {
            begun(chosen);
        } else if (event instanceof GatewayEvent.RunEnded ended) {
            ended(ended);
        }
    }

    private synchronized void begun(GatewayEvent.RunModel chosen) {
        if (asked.size() >= RUNS_MAX) {
            var _ = asked.pollFirstEntry();
        }
        asked.put(chosen.run().runId(), chosen);
    }

    private synchronized void ended(GatewayEvent.RunEnded ended) {
        GatewayEvent.RunModel last = asked.remove(ended.run().runId());
        if (last == null) {
            return; // it came as far as no model
        }
        if (ended.end().state() == Turn.State.DONE) {
            failures.remove(last.provider());
        } else if (ended.end().state() == Turn.State.FAILED && failures.size() < PROVIDERS_MAX) {
            failures.put(
                    last.provider(),
                    new Failure(last.model(), ended.end().error(), ended.end().endedAtMs()));
        }
    }

    /** Why the provider's last run failed; empty if it did not. */
    synchronized Optional<Failure> failure(String provider) {
        return Optional.ofNullable(failures.get(provider));
    }
}
