package dev.evergate.testkit.crowd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One thread that serves connections and alarms. Thread-safe where a method says so. */
final class Loop implements AutoCloseable {
    private static final int READ_BYTES = 262_144;
    private static final long SELECT_MS_MAX = 100;
    private static final long END_MS = 5_000;

    private final Selector selector;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    private final Account account;
    private final Thread thread;
    private volatile boolean closed;
    private long alarmsSet;

    private record Alarm(long atNanos, long order, Runnable task) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime == 0 ? Long.compare(order, other.order) : byTime;
        }
    }

    Loop(String name, Account account) {
        this.account = account;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    /** Runs a task on the loop's thread; thread-safe. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Runs a task on the loop's thread later; to be called there. */
    void after(long delayNanos, Runnable task) {
        alarms.add(new Alarm(System.nanoTime() + delayNanos, alarmsSet++, task));
    }

    SelectionKey register(SocketChannel channel, int interest, Wire wire)
            throws ClosedChannelException {
        return channel.register(selector, interest, wire);
    }

    /** What a connection reads into, empty; valid until the next one reads. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    private void run() {
        while (!closed) {
            try {
                selector.select(key -> ((Wire) key.attachment()).ready(), waitMs());
                runTasks();
                runAlarms();
            } catch (IOException | RuntimeException e) {
                account.fault(Fault.BROKEN_TEST, "the crowd itself: " + e);
                e.printStackTrace(System.err);
            }
        }
    }

    /** At least 1: 0 would mean for ever. */
    private long waitMs() {
        Alarm next = alarms.peek();
        if (next == null) {
            return SELECT_MS_MAX;
        }
        long leftMs = (next.atNanos - System.nanoTime()) / 1_000_000;
        return Math.clamp(leftMs, 1, SELECT_MS_MAX);
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void runAlarms() {
        long now = System.nanoTime();
        for (Alarm next = alarms.peek();
                next != null && next.atNanos - now <= 0;
                next = alarms.peek()) {
            Alarm due = alarms.remove();
            due.task.run();
        }
    }

    /** Ends the thread and closes every connection. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(END_MS);
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
