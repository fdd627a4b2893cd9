package dev.evergate.app;

import java.time.Instant;
import java.util.Optional;

/** When a person asked for this start. */
final class Launch {
    private Launch() {}

    /**
     * Wall clock at which this process, or the keeper that has just started too, came into being;
     * to about 10 ms.
     */
    static long startedAtMs(boolean underKeeper) {
        ProcessHandle self = ProcessHandle.current();
        Optional<Instant> own = self.info().startInstant();
        Optional<Instant> keeper =
                underKeeper
                        ? self.parent().flatMap(parent -> parent.info().startInstant())
                        : Optional.empty();
        long ownMs = own.orElseGet(() -> Instant.ofEpochMilli(0)).toEpochMilli();
        // A keeper that has lived for long started this generation for another reason than its own
        // start.
        return keeper.map(Instant::toEpochMilli).filter(ms -> ownMs - ms < 5_000).orElse(ownMs);
    }
}
