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
 * The connections of one event loop. Everything but {@link #deliver} runs on that loop.
 *
 * <p>One scan of all connections twice a second takes the place of timers for each.
 */
public final class Shard {
    private static final long SCAN_MS = 500;

    /** More waiting events than this means that the loop is stuck: they are dropped and counted. */
    private static final int WAITING_MAX = 10_000;

    private final EventLoop loop;
    private final Time time;
    private final Scratch scratch = new Scratch();
    private final List<ClientSession> sessions = new ArrayList<>();
    private long nowNanos;
    private long bufferedBytesMax = Limits.BUFFERED_BYTES;

    private final Object lock = new Object();
    private List<Broadcast> waiting = new ArrayList<>();
    private long lost;
    private volatile int size;

    Shard(EventLoop loop, Time time) {
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

    /** Sends events to every connection they are for. From any thread; keeps the caller's order. */
    void deliver(List<Broadcast> events) {
        boolean isFirst;
        synchronized (lock) {
            isFirst = waiting.isEmpty() && lost == 0;
            if (waiting.size() < WAITING_MAX) {
                waiting.addAll(events);
            } else {
                lost += events.size();
            }
        }
        if (isFirst) {
            var _ = run(this::drain);
        }
    }

    private void drain() {
        List<Broadcast> events;
        long skipped;
        synchronized (lock) {
            events = waiting;
            skipped = lost;
            waiting = new ArrayList<>();
            lost = 0;
        }
        Bundle bundle = new Bundle(events);
        // From the end, because a connection that is closed leaves the list.
        for (int i = sessions.size() - 1; i >= 0; i--) {
            if (i < sessions.size()) {
                sessions.get(i).events(bundle, skipped);
            }
        }
        bundle.release();
    }

    /** Runs {@code action} for every connection. */
    void each(Consumer<ClientSession> action) {
        for (ClientSession session : List.copyOf(sessions)) {
            action.accept(session);
        }
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
