package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Track;

/** Counters without an upper end, folded where they no longer make a difference. */
final class Fold {
    private Fold() {}

    /** The phase as one of finitely many. */
    static GatewayPhase clipped(GatewayPhase phase) {
        return switch (phase) {
            case GatewayPhase.Booting(var track, var start) ->
                    new GatewayPhase.Booting(clipped(track), start);
            case GatewayPhase.Serving(var track, var standing) ->
                    new GatewayPhase.Serving(clipped(track), standing);
            case GatewayPhase.Rehearsing(var track, var standing) ->
                    new GatewayPhase.Rehearsing(clipped(track), standing);
            case GatewayPhase.HandingOver(var track, var standing) ->
                    new GatewayPhase.HandingOver(clipped(track), standing);
            case GatewayPhase.Aborting(var track, var standing, var isGiven) ->
                    new GatewayPhase.Aborting(clipped(track), standing, isGiven);
            case GatewayPhase.Draining(var track, var ending, var isAgain) ->
                    new GatewayPhase.Draining(clipped(track), ending, isAgain);
            case GatewayPhase.Backoff(var track) -> new GatewayPhase.Backoff(clipped(track));
            case GatewayPhase.Stopping stopping -> stopping;
        };
    }

    private static Track clipped(Track track) {
        int cycle = 2 * GatewayPhase.FAILURES_PER_MODE;
        int failures =
                track.failures() < cycle
                        ? track.failures()
                        : cycle + track.failures() % GatewayPhase.FAILURES_PER_MODE;
        return new Track(
                failures,
                Math.min(track.waits(), 1),
                track.mode(),
                track.fallback(),
                track.served());
    }
}
