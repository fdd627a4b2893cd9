package dev.evergate.app;

import java.time.Instant;
import java.util.Optional;

/**
 * What brought this generation into being.
 *
 * @param atMs wall clock, to about 10 ms: when a person started the gateway, or when the keeper
 *     started this generation
 * @param isFirst whether a person started the gateway just now, so that this is its first
 *     generation
 */
record Launch(long atMs, boolean isFirst) {
    /** A keeper older than this had another reason to start a generation than its own start. */
    private static final long FIRST_WITHIN_MS = 5_000;

    /** How this process was launched. */
    static Launch ofThisProcess(boolean underKeeper) {
        ProcessHandle self = ProcessHandle.current();
        long ownMs = self.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
        Optional<Instant> keeper =
                underKeeper
                        ? self.parent().flatMap(parent -> parent.info().startInstant())
                        : Optional.empty();
        long keeperMs = keeper.map(Instant::toEpochMilli).orElse(ownMs);
        return ownMs - keeperMs < FIRST_WITHIN_MS
                ? new Launch(keeperMs, true)
                : new Launch(ownMs, false);
    }
}
