package dev.evergate.core.journal;

/**
 * The durable state of one gateway.
 *
 * <p>Every method of the ports blocks, belongs on a virtual thread, and is thread-safe. A write has
 * reached the disk when its method returns (I17, I32). Operating errors are {@link
 * dev.evergate.core.fault.EvergateException}: {@code STATE_UNUSABLE} when the disk is full, refuses
 * or does not answer in time (nothing was written, unless the message says that this is not known;
 * the same call may be made again), {@code FENCED} when the epoch has passed to another generation,
 * {@code STORE_DAMAGED}.
 */
public interface Journal extends AutoCloseable {
    Inbox inbox();

    TurnJournal turns();

    Sessions sessions();

    Outbox outbox();

    Leases leases();

    Restarts restarts();

    Devices devices();

    Attachments attachments();

    Usage usage();

    Audit audit();

    /** Commits a small write, to prove that the store can; throws if it cannot. */
    void proveWritable();

    /**
     * Finishes what was submitted and closes. Later calls of the ports fail with {@code
     * UNAVAILABLE}.
     */
    @Override
    void close();
}
