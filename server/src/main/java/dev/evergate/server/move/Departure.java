package dev.evergate.server.move;

import java.util.Optional;

/**
 * The moving of live WebSockets away from this server, as one ordered stream of items.
 *
 * <p>From its beginning until its end every event goes into the stream as well as to the
 * connections that are still here. One thread calls these methods; none of them blocks longer than
 * it says. The stream is bounded: 16 MiB or 8,192 items, beyond which text of running turns is left
 * out and made good by the next text of its run, which then replaces all before; at four times as
 * much the departure has failed, and {@link #next} says so.
 *
 * <pre>
 *   freeze → next … next = Batch → (sent, adopted there) → adopted → next … → freeze → …
 * </pre>
 */
public interface Departure extends AutoCloseable {
    /**
     * Freezes up to {@code max} connections of one event loop and puts them into the stream as a
     * batch. From now on they are neither read nor written here. Waits for that loop, 2 s at most.
     *
     * @return how many; 0 if nothing can move right now
     * @throws IllegalStateException if the loop does not answer
     */
    int freeze(int max);

    /**
     * The next item; empty if none comes in time. After a batch, what stands behind it comes only
     * when {@link #adopted} was called.
     *
     * @throws IllegalStateException if the stream has overflowed, or a batch is not settled
     */
    Optional<Item> next(long timeoutMs) throws InterruptedException;

    /**
     * The batch that {@link #next} gave last belongs to the other server: its sockets are closed
     * here, which their peers do not notice.
     */
    void adopted();

    /**
     * Nothing moves any more: goes on here with every connection that was frozen and not adopted,
     * gives it what the stream holds for it, and accepts connections again. Whoever got the batch
     * must be dead. Waits for the loops, 5 s at most. The departure is over.
     *
     * @throws IllegalStateException if a loop does not answer
     */
    void takeBack();

    /**
     * Accepts no more connections, 2 s at most from now; the listening sockets stay open.
     *
     * @throws IllegalStateException if the loop does not answer
     */
    void stopAccepting();

    /**
     * WebSockets that are still here and are to move. Those that are being closed do not count, and
     * neither do connections that have not become WebSockets.
     */
    int remaining();

    /** WebSockets that cannot move, because they are encrypted: they end here. */
    Bound bound();

    /**
     * Those that cannot move.
     *
     * @param waiting how many of them wait for an answer
     */
    record Bound(int all, int waiting) {}

    /**
     * Ends the departure: nothing is collected any more, and what was frozen without having been
     * taken back is closed here. Idempotent.
     */
    @Override
    void close();
}
