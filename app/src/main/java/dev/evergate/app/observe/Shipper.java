package dev.evergate.app.observe;

import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;
import dev.evergate.core.telemetry.Event;
import dev.evergate.core.telemetry.Exporter;
import dev.evergate.core.telemetry.Span;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Takes telemetry to a collector, which may be dead, slow or hostile, on a task of its own.
 *
 * <p>Thread-safe; nobody who offers something ever waits. Full queues drop and count; what a
 * collector does not take is dropped and counted too, except what lies in the ring, which is
 * offered again.
 */
final class Shipper {
    private static final Logger log = LoggerFactory.getLogger(Shipper.class);

    private static final int WAITING_MAX = 2_048;
    private static final int BATCH_MAX = 512;
    private static final long PERIOD_MS = 2_000;
    private static final long PERIOD_MAX_MS = 30_000;
    private static final long METRICS_MS = 10_000;

    private final World world;
    private final Exporter exporter;
    private final Otel settings;
    private final Sources sources;
    private final BlockingQueue<Span> spans = new ArrayBlockingQueue<>(WAITING_MAX);
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING_MAX);
    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final long sinceMs;
    private long metricsAtMs;
    private boolean isTroubled;

    /** What is taken without being offered. */
    record Sources(Supplier<List<Metric>> metrics, RingExport ring) {}

    Shipper(World world, Exporter exporter, Otel settings, Sources sources) {
        this.world = world;
        this.exporter = exporter;
        this.settings = settings;
        this.sources = sources;
        this.sinceMs = world.time().wallMillis();
    }

    /**
     * @param before is done first, on the task that sends
     */
    void start(Runnable before) {
        world.tasks()
                .start(
                        "telemetry",
                        () -> {
                            before.run();
                            run();
                        });
    }

    void offer(Span span) {
        if (settings.traces() && !spans.offer(span)) {
            dropped.increment();
        }
    }

    void offer(Event event) {
        if (settings.logs() && !events.offer(event)) {
            dropped.increment();
        }
    }

    /** What it counts about itself. */
    List<Metric> metrics() {
        return List.of(
                new Metric.Counter(
                        "evergate_telemetry_items_total",
                        "Spans and log records for the collector.",
                        List.of(
                                Point.of("result", "sent", sent.sum()),
                                Point.of("result", "dropped", dropped.sum()))),
                Metric.counter(
                        "evergate_telemetry_refusals_total",
                        "Batches that the collector did not take.",
                        refusals.sum()));
    }

    /** Ships what there is once more, but makes the caller wait no longer than this. */
    void close(long timeoutMs) {
        ending.countDown();
        try {
            var _ = ended.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            long pauseMs = PERIOD_MS;
            boolean isLast = false;
            while (!isLast) {
                isLast = ending.await(pauseMs, TimeUnit.MILLISECONDS);
                boolean isTaken = ship();
                pauseMs = isTaken ? PERIOD_MS : Math.min(PERIOD_MAX_MS, pauseMs * 2);
                tell(isTaken);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
            exporter.close();
        }
    }

    private boolean ship() {
        boolean areSpansTaken = shipSpans();
        boolean isTaken = shipEvents() && areSpansTaken;
        long nowMs = world.time().wallMillis();
        boolean isDue = nowMs - metricsAtMs >= METRICS_MS || ending.getCount() == 0;
        if (settings.metrics() && isDue) {
            metricsAtMs = nowMs;
            isTaken &= taken(exporter.metrics(sources.metrics().get(), sinceMs, nowMs), 0);
        }
        return isTaken;
    }

    private boolean shipSpans() {
        List<Span> batch = new ArrayList<>();
        boolean isTaken = true;
        while (isTaken && spans.drainTo(batch, BATCH_MAX) > 0) {
            isTaken = taken(exporter.spans(batch), batch.size());
            batch.clear();
        }
        return isTaken;
    }

    private boolean shipEvents() {
        List<Event> batch = new ArrayList<>();
        boolean isTaken = true;
        while (isTaken && events.drainTo(batch, BATCH_MAX) > 0) {
            isTaken = taken(exporter.events(batch), batch.size());
            batch.clear();
        }
        RingExport.Load load = sources.ring().next(BATCH_MAX);
        boolean hasNews = !load.events().isEmpty();
        if (isTaken && hasNews) {
            isTaken = !settings.logs() || exporter.events(load.events());
            isTaken &= !settings.traces() || load.spans().isEmpty() || exporter.spans(load.spans());
            if (isTaken) {
                sources.ring().done(load);
                sent.add(load.events().size());
            } else {
                refusals.increment();
            }
        }
        return isTaken;
    }

    private boolean taken(boolean isTaken, int items) {
        if (isTaken) {
            sent.add(items);
        } else {
            dropped.add(items);
            refusals.increment();
        }
        return isTaken;
    }

    /** Says once that the collector is away, and once that it is back. */
    private void tell(boolean isTaken) {
        if (isTaken == isTroubled) {
            isTroubled = !isTaken;
            if (isTroubled) {
                log.warn(
                        "The collector {} takes no telemetry; Evergate goes on without it",
                        settings.endpoint().getHost());
            } else {
                log.info("The collector takes telemetry again");
            }
        }
    }
}
