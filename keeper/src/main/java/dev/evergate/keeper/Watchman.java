package dev.evergate.keeper;

import dev.evergate.keeper.time.HostTime;
import dev.evergate.keeper.watch.Finding;
import dev.evergate.keeper.watch.Testimony;
import dev.evergate.keeper.watch.Watch;

import org.jspecify.annotations.Nullable;

/**
 * Looks after the serving generation: says when it is wedged, and reports when it is slow.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class Watchman {
    /** The keeper itself was held up if a round came so much later than planned. */
    private static final long LATE_MS = 500;

    private final KeeperLog log;
    private long awakeMs = HostTime.monotonicMs();
    private boolean isSlow;

    Watchman(KeeperLog log) {
        this.log = log;
    }

    /**
     * The loop is awake again; nothing that happened meanwhile has been read yet.
     *
     * @param waitMs how long it wanted to sleep at most
     */
    void wokeUp(@Nullable Generation generation, long waitMs, long nowMs) {
        long lateMs = nowMs - awakeMs - waitMs;
        awakeMs = nowMs;
        Watch watch = generation == null ? null : generation.watch();
        if (watch != null && lateMs > LATE_MS) {
            String text = "The keeper was held up for " + lateMs + " ms: it blames nobody for that";
            log.info("keeper.late", text);
            watch.startAnew(nowMs);
        }
    }

    /** Another generation serves now. */
    void forget() {
        isSlow = false;
    }

    /** When {@link #look} has something to do. */
    static long nextMs(Generation generation) {
        Watch watch = generation.watch();
        return watch == null ? Long.MAX_VALUE : watch.nextLookMs();
    }

    /** What is to be thought of a generation. */
    Finding look(Generation generation, long nowMs) {
        Watch watch = generation.watch();
        if (watch == null || nowMs < watch.nextLookMs()) {
            return new Finding.Fine();
        }
        long pid = generation.pid();
        Finding finding = watch.look(nowMs, () -> Testimony.of(pid, HostTime.monotonicMs()));
        switch (finding) {
            case Finding.Slow(var reason) when !isSlow -> {
                isSlow = true;
                log.warn("generation.slow", "Generation " + generation.number() + ": " + reason);
            }
            case Finding.Fine _ when isSlow -> {
                isSlow = false;
                log.info(
                        "generation.recovered",
                        "Generation " + generation.number() + " makes progress again");
            }
            case Finding.Wedged _ -> isSlow = false;
            case Finding.Slow _, Finding.Fine _, Finding.Suspect _ -> {
                // Reported, or not worth a line.
            }
        }
        return finding;
    }
}
