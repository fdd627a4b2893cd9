package dev.evergate.server.transit;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Item;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the other server gets, in order. Thread-safe.
 *
 * <p>Bounded: beyond a quarter of the room, text of a running turn is left out, and the next text
 * of that run replaces all before; without room the stream has failed and takes nothing more but
 * what happens to devices, which are few.
 *
 * @param <B> a batch of frozen connections
 */
public final class MoveStream<B> {
    private static final int ITEMS_MAX = 32_768;
    private static final long BYTES_MAX = 64L << 20;
    private static final int SPARING_PART = 4;

    /** What an item costs beside its texts. */
    private static final long ITEM_BYTES = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry<B>> entries = new ArrayDeque<>();
    private final Set<String> thinned = new HashSet<>();
    private long bytes;
    private long lost;
    private boolean hasFailed;
    private boolean isOver;

    /** A place in the stream. */
    public sealed interface Entry<B> {}

    /**
     * Something that is complete.
     *
     * @param bytes it is counted as
     */
    public record Ready<B>(Item item, long bytes) implements Entry<B> {}

    /** Connections. */
    public record Frozen<B>(B batch) implements Entry<B> {}

    /**
     * What is left of a stream.
     *
     * @param lost event frames that did not find room
     */
    public record Rest<B>(List<Entry<B>> entries, long lost) {}

    /**
     * Adds an event.
     *
     * @param frames it makes for a connection that gets it
     */
    public void put(GatewayEvent event, int frames) {
        lock.lock();
        try {
            if (isOver) {
                return;
            }
            if (event instanceof GatewayEvent.RunText text && isTight()) {
                thinned.add(text.run().runId());
                return;
            }
            GatewayEvent kept = isThinned(event) ? whole(event) : event;
            boolean isRefused = hasFailed || !hasRoom(bytes(kept));
            if (isRefused && event instanceof GatewayEvent.DeviceChanged) {
                hasFailed = true; // whoever is shut out by it is so, wherever it goes on
                add(new Item.Event(kept), bytes(kept));
            } else if (isRefused) {
                hasFailed = true;
                lost += frames;
                changed.signalAll();
            } else {
                add(new Item.Event(kept), bytes(kept));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isTight() {
        return entries.size() >= ITEMS_MAX / SPARING_PART || bytes >= BYTES_MAX / SPARING_PART;
    }

    private boolean hasRoom(long itemBytes) {
        return entries.size() < ITEMS_MAX && bytes + itemBytes <= BYTES_MAX;
    }

    private void add(Item item, long itemBytes) {
        bytes += itemBytes;
        entries.add(new Ready<>(item, itemBytes));
        changed.signalAll();
    }

    /** Whether text of the event's run was left out before it; forgets that. */
    private boolean isThinned(GatewayEvent event) {
        return switch (event) {
            case GatewayEvent.RunText text -> thinned.remove(text.run().runId());
            case GatewayEvent.RunEnded ended -> thinned.remove(ended.run().runId());
            case GatewayEvent.RunStarted _,
                    GatewayEvent.RunModel _,
                    GatewayEvent.RunCompacting _,
                    GatewayEvent.SessionCompacting _,
                    GatewayEvent.MessageAdded _,
                    GatewayEvent.SessionChanged _,
                    GatewayEvent.ConfigChanged _,
                    GatewayEvent.SuspensionChanged _,
                    GatewayEvent.DeviceChanged _ ->
                    false;
        };
    }

    /** Makes text good that was left out; an end has the whole text anyway. */
    private static GatewayEvent whole(GatewayEvent event) {
        return event instanceof GatewayEvent.RunText text
                ? new GatewayEvent.RunText(
                        text.run(), text.runSeq(), text.text(), text.text(), true, text.atMs())
                : event;
    }

    private static long bytes(GatewayEvent event) {
        return ITEM_BYTES
                + 2L
                        * switch (event) {
                            case GatewayEvent.RunText text ->
                                    text.text().length() + text.delta().length();
                            case GatewayEvent.RunEnded ended -> ended.end().text().length();
                            case GatewayEvent.MessageAdded added -> added.row().text().length();
                            case GatewayEvent.RunStarted _,
                                    GatewayEvent.RunModel _,
                                    GatewayEvent.RunCompacting _,
                                    GatewayEvent.SessionCompacting _,
                                    GatewayEvent.SessionChanged _,
                                    GatewayEvent.SuspensionChanged _,
                                    GatewayEvent.DeviceChanged _ ->
                                    0;
                            case GatewayEvent.ConfigChanged changed -> changed.plan().length();
                        };
    }

    /**
     * Adds an answer. Answers are never left out: there are no more of them than were owed.
     *
     * @return whether the stream goes on; if not, the answer is still the caller's
     */
    public boolean put(Item.Response response) {
        return put(response, response.text().length);
    }

    /** Adds a request that is left to the other server; as {@link #put(Item.Response)}. */
    public boolean put(Item.Request request) {
        return put(request, request.frame().length);
    }

    private boolean put(Item item, int textBytes) {
        lock.lock();
        try {
            if (isOver) {
                return false;
            }
            long itemBytes = ITEM_BYTES + textBytes;
            hasFailed |= !hasRoom(itemBytes);
            add(item, itemBytes);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Adds connections. Those are never left out: they are here already. */
    public void put(B batch) {
        lock.lock();
        try {
            if (!isOver) {
                entries.add(new Frozen<>(batch));
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the first entry; null if none comes in time.
     *
     * @throws IllegalStateException if something did not find room, or the stream is over
     */
    public @Nullable Entry<B> take(long timeoutMs) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            while (entries.isEmpty() && leftNanos > 0 && !hasFailed && !isOver) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            if (hasFailed || isOver) {
                throw new IllegalStateException(
                        isOver
                                ? "the departure is over"
                                : "more waits for the other server than there is room for: "
                                        + entries.size()
                                        + " items, "
                                        + bytes
                                        + " bytes");
            }
            Entry<B> first = entries.poll();
            if (first instanceof Ready<B> ready) {
                bytes -= ready.bytes;
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more, and gives everything that is left. */
    public Rest<B> end() {
        lock.lock();
        try {
            Rest<B> rest = new Rest<>(new ArrayList<>(entries), lost);
            isOver = true;
            entries.clear();
            thinned.clear();
            changed.signalAll();
            return rest;
        } finally {
            lock.unlock();
        }
    }
}
