package dev.evergate.core.gateway;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import java.util.Optional;
import java.util.function.Function;

/** The time in which this generation may write, and under which epoch. Thread-safe. */
final class Tenure {
    /** How long a write waits for the lease, which moves in less. */
    private static final long PATIENCE_MS = 1_000;

    private static final long LOOK_MS = 5;

    private final World world;
    private volatile Optional<Epoch> epoch = Optional.empty();
    private volatile boolean isOver;

    Tenure(World world) {
        this.world = world;
    }

    void begin(Epoch under) {
        epoch = Optional.of(under);
    }

    /** The lease is another generation's now. */
    void end() {
        isOver = true;
    }

    /** The present epoch, for what only happens during a tenure. */
    Epoch epoch() {
        return epoch.orElseThrow();
    }

    /** Waits for the beginning, a moment at most. Blocks. */
    void await() {
        Deadline deadline = world.time().deadlineIn(PATIENCE_MS);
        while (epoch.isEmpty() && !deadline.hasPassed(world.time())) {
            try {
                world.pause(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw restarting();
            }
        }
        if (epoch.isEmpty()) {
            throw restarting();
        }
    }

    /** Does what needs the gateway lease. Blocks. */
    <T> T write(Function<Epoch, T> work) {
        await();
        if (isOver) {
            throw restarting();
        }
        try {
            return work.apply(epoch());
        } catch (EvergateException e) {
            throw e.code() == ErrorCode.FENCED ? restarting() : e;
        }
    }

    static EvergateException restarting() {
        return new EvergateException(
                ErrorCode.UNAVAILABLE, "gateway restarting; retry shortly with the same request");
    }
}
