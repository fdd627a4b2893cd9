package dev.evergate.keeper.ring;

import dev.evergate.keeper.log.BackgroundQueue;
import dev.evergate.keeper.time.HostTime;

import java.nio.file.Path;

/**
 * Puts what one process has to say into the ring, without ever waiting for the disk.
 *
 * <p>Thread-safety: safe.
 */
public final class RingLog {
    private static final int WAITING_MAX = 256;

    private final RingRecord.Source source;
    private final Ring ring;
    private final BackgroundQueue<RingRecord> records;

    /** Writes to a file that exists or comes to exist; only the state's holder may create it. */
    public RingLog(Path file, RingRecord.Source source, boolean mayCreate) {
        this.source = source;
        this.ring = new Ring(file, mayCreate);
        this.records = new BackgroundQueue<>("log-ring", WAITING_MAX, this::write);
    }

    /** Notes that something has just happened. */
    public void note(RingRecord.Level level, long generation, String event, String text) {
        records.offer(RingRecord.of(HostTime.wallMs(), source, level, generation, event, text));
    }

    /** How many records were dropped since this was last asked. */
    public int takeDropped() {
        return records.takeDropped();
    }

    /** Waits until everything is in the ring, but not longer than this; returns what is left. */
    public long flush(long timeoutMs) {
        return records.flush(timeoutMs);
    }

    private void write(RingRecord entry) {
        ring.write(entry);
    }
}
