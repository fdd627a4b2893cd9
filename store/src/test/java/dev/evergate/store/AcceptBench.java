package dev.evergate.store;

import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Measures durable acknowledgements: {@code <callers> <seconds> <rate>}, rate 0 for as many as
 * possible. With a rate, latency counts from the moment a message was due, not from the moment it
 * could be offered.
 */
final class AcceptBench {
    private static final int SAMPLES_MAX = 10_000_000;
    private static final long WARM_UP_NANOS = 5_000_000_000L;
    private static final String TEXT = "When does the last train leave tonight?";

    private final RealWorld world = new RealWorld(new FaultHandler());
    private final AtomicLong offered = new AtomicLong();
    private final AtomicInteger measured = new AtomicInteger();
    private volatile long startNanos;
    private final long[] tookNanos = new long[SAMPLES_MAX];

    private AcceptBench() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("accept-bench");
        try {
            new AcceptBench()
                    .run(
                            directory,
                            Integer.parseInt(arguments[0]),
                            Integer.parseInt(arguments[1]),
                            Integer.parseInt(arguments[2]));
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void run(Path directory, int callers, int seconds, int rate)
            throws InterruptedException {
        CountDownLatch ends = new CountDownLatch(callers);
        try (SqlStore store = SqlStore.open(directory, world)) {
            startNanos = world.time().nanos();
            Deadline end = new Deadline(startNanos + seconds * 1_000_000_000L + WARM_UP_NANOS);
            for (int i = 0; i < callers; i++) {
                world.tasks()
                        .start(
                                "caller-" + i,
                                () -> {
                                    offerUntil(end, store, rate);
                                    ends.countDown();
                                });
            }
            ends.await();
        } finally {
            world.close();
        }
        report(seconds);
    }

    private void offerUntil(Deadline end, SqlStore store, int rate) {
        while (!end.hasPassed(world.time())) {
            long dueNanos = rate == 0 ? Long.MAX_VALUE : nextSlot(rate);
            long fromNanos = Math.min(dueNanos, world.time().nanos());
            String key = world.ids().next();
            store.inbox()
                    .accept(
                            new IncomingMessage(
                                    key, Origin.control(key), "agent:main:main", key, TEXT, 1));
            if (fromNanos - startNanos > WARM_UP_NANOS) {
                tookNanos[measured.getAndIncrement()] = world.time().nanos() - fromNanos;
            }
        }
    }

    private long nextSlot(int rate) {
        long dueNanos = startNanos + offered.getAndIncrement() * 1_000_000_000L / rate;
        try {
            world.pause(Math.max(0, (dueNanos - world.time().nanos()) / 1_000_000));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return dueNanos;
    }

    private void report(int seconds) {
        long[] sorted = Arrays.copyOf(tookNanos, measured.get());
        Arrays.sort(sorted);
        System.out.printf(
                "%,d durable acks/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%n",
                sorted.length / seconds,
                percentile(sorted, 50),
                percentile(sorted, 99),
                percentile(sorted, 99.9));
    }

    private static double percentile(long[] sorted, double percent) {
        return sorted[(int) (sorted.length * percent / 100)] / 1e6;
    }
}
