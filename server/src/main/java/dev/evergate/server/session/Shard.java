package dev.evergate.server.session;

import dev.evergate.core.time.Time;
import dev.evergate.server.ws.Scratch;

import io.netty.channel.EventLoop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The connections of one event loop. Everything but {@link #put} runs on that loop.
 *
 * <p>One scan of all connections twice a second takes the place of timers for each.
 */
public final class Shard {
    private static final long SCAN_MS = 500;

    /** With about this much unread and unsent, connections are enough to move at a time. */
    private static final long MOVED_BYTES = 8L << 20;

    private final EventLoop loop;
    private final Time time;
    private final Scratch scratch = new Scratch();
    private final List<ClientSession> sessions = new ArrayList<>();
    private long nowNanos;
    private long bufferedBytesMax = Limits.BUFFERED_BYTES;

    private final Object order;
    private Deliveries waiting = new Deliveries();
    private volatile int size;

    /**
     * @param order guards what waits: under it, things are put at the same place for every loop
     */
    Shard(EventLoop loop, Time time, Object order) {
        this.order = order;
        this.loop = loop;
        this.time = time;
        this.nowNanos = time.nanos();
    }

    void start() {
        var _ = loop.scheduleAtFixedRate(this::scan, SCAN_MS, SCAN_MS, TimeUnit.MILLISECONDS);
    }

    public EventLoop loop() {
        return loop;
    }

    /** Runs {@code task} on the loop; false if the loop has ended and its connections with it. */
    boolean run(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    Scratch scratch() {
        return scratch;
    }

    /** The time of the last scan: exact enough for timeouts of seconds. */
    long nowNanos() {
        return nowNanos;
    }

    /** What one connection may leave unread right now. */
    long bufferedBytesMax() {
        return bufferedBytesMax;
    }

    /** Connections of this loop; from any thread. */
    int size() {
        return size;
    }

    void add(ClientSession session) {
        session.index(sessions.size());
        sessions.add(session);
        size = sessions.size();
    }

    void remove(ClientSession session) {
        int index = session.index();
        if (index >= sessions.size() || sessions.get(index) != session) {
            return;
        }
        ClientSession last = sessions.removeLast();
        if (last != session) {
            sessions.set(index, last);
            last.index(index);
        }
        size = sessions.size();
    }

    /**
     * Lets every connection have the events that are for it. The caller holds the order and calls
     * {@link #drainSoon} without it if this returns true.
     */
    boolean put(List<Broadcast> events) {
        boolean wasEmpty = waiting.isEmpty();
        waiting.add(events);
        return wasEmpty;
    }

    /** The same for something to do on the loop behind the events before it. */
    boolean put(Runnable step) {
        boolean wasEmpty = waiting.isEmpty();
        waiting.add(step);
        return wasEmpty;
    }

    void drainSoon() {
        var _ = run(this::drain);
    }

    private void drain() {
        Deliveries taken;
        synchronized (order) {
            taken = waiting;
            waiting = new Deliveries();
        }
        taken.deliver(this::send);
    }

    private void send(List<Broadcast> events, long lost) {
        Bundle bundle = new Bundle(events);
        // From the end, because a connection that is closed leaves the list.
        for (int i = sessions.size() - 1; i >= 0; i--) {
            if (i < sessions.size()) {
                sessions.get(i).events(bundle, lost);
            }
        }
        bundle.release();
    }

    /** Tells every connection one of these, another one than its neighbour. On the loop. */
    void tellOneOf(List<Broadcast> variants) {
        List<Bundle> bundles = variants.stream().map(each -> new Bundle(List.of(each))).toList();
        int next = 0;
        for (ClientSession session : List.copyOf(sessions)) {
            session.events(bundles.get(next++ % bundles.size()), 0);
        }
        bundles.forEach(Bundle::release);
    }

    /** Runs {@code action} for every connection. */
    void each(Consumer<ClientSession> action) {
        for (ClientSession session : List.copyOf(sessions)) {
            action.accept(session);
        }
    }

    /** Connections that can move now: so many, and no more than are moved at a time. */
    List<ClientSession> movable(int max) {
        List<ClientSession> chosen = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < sessions.size() && chosen.size() < max; i++) {
            if (sessions.get(i).isMovable() && bytes < MOVED_BYTES) {
                chosen.add(sessions.get(i));
                bytes += sessions.get(i).heldBytes();
            }
        }
        return chosen;
    }

    /** How many can move. */
    int movable() {
        return (int) sessions.stream().filter(ClientSession::isMovable).count();
    }

    /** How many are bound to this process. */
    int bound() {
        return (int) sessions.stream().filter(ClientSession::isBound).count();
    }

    /** How many of those wait for an answer. */
    int boundAndWaiting() {
        return (int)
                sessions.stream()
                        .filter(ClientSession::isBound)
                        .filter(ClientSession::isOwed)
                        .count();
    }

    private void scan() {
        nowNanos = time.nanos();
        int slow = 0;
        for (int i = sessions.size() - 1; i >= 0; i--) {
            if (i < sessions.size()) {
                ClientSession session = sessions.get(i);
                session.check(nowNanos);
                slow += session.bufferedBytes() > Limits.SLOW_BYTES ? 1 : 0;
            }
        }
        bufferedBytesMax =
                Math.clamp(
                        Limits.SLOW_BYTES_PER_LOOP / Math.max(1, slow),
                        Limits.SLOW_BYTES,
                        Limits.BUFFERED_BYTES);
    }
}
