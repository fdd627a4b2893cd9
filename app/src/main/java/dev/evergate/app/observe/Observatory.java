package dev.evergate.app.observe;

import dev.evergate.app.config.Applier.Prepared;
import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;
import dev.evergate.core.time.World;
import dev.evergate.server.spi.Evidence;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Sees everything that can be measured in one generation. Thread-safe; reading may block on the
 * disk.
 */
public final class Observatory {
    private static final Logger log = LoggerFactory.getLogger(Observatory.class);

    private static final double MILLIS = 1e3;

    /** Reports that wait for a collector; without one they wait in vain. */
    private static final int UNTRACED_MAX = 16;

    private final Rooms rooms;
    private final World world;
    private final RingWatch ring;
    private final TurnMetrics turns;
    private final Path ringFile;
    private final Queue<RestartReport> untraced = new ArrayBlockingQueue<>(UNTRACED_MAX);
    private final AtomicReference<Optional<Telemetry>> telemetry =
            new AtomicReference<>(Optional.empty());
    private volatile Optional<Otel> wanted = Optional.empty();

    /**
     * Where measurements come from; none of them waits.
     *
     * @param own what other rooms measure about themselves
     */
    public record Rooms(
            String version,
            Supplier<Readiness> readiness,
            LiveGateway gateway,
            Supplier<Map<String, Long>> loopAgesMs,
            List<Supplier<List<Metric>>> own) {
        public Rooms {
            own = List.copyOf(own);
        }
    }

    /** Watches from now on. */
    public Observatory(Rooms rooms, Path ring, World world) {
        this.rooms = rooms;
        this.world = world;
        this.ringFile = ring;
        this.ring = new RingWatch(ring, world.time()::wallMillis);
        this.turns = new TurnMetrics(rooms.gateway().events());
    }

    /** What the server shows to those who may see it. */
    public Evidence evidence(LogTail logs, SystemFacts system, KeyFile key) {
        return new Evidence(logs, ring, () -> PrometheusText.of(metrics()), system, key);
    }

    /** From now on everything goes to a collector as well, if one is configured. */
    public void export(Optional<Otel> settings) {
        wanted = settings;
        settings.ifPresent(to -> world.tasks().start("telemetry-start", () -> begin(to)));
    }

    private void begin(Otel to) {
        try {
            Telemetry opened = open(to);
            boolean isWanted = Optional.of(to).equals(wanted);
            if (isWanted) {
                install(Optional.of(opened));
            } else {
                opened.discard(); // another configuration has come into force meanwhile
            }
        } catch (EvergateException e) { // telemetry never costs service
            log.error("There is no telemetry: {}", e.getMessage());
        }
    }

    /**
     * Opens the way to another collector, or to none; committed, everything goes there, and what
     * waits for the one before is sent to it still.
     *
     * @throws EvergateException CONFIG_REFUSED if there is no such way
     */
    public Prepared prepare(Optional<Otel> next) {
        if (next.equals(wanted)) {
            return Prepared.NOTHING;
        }
        Optional<Telemetry> opened = next.map(this::open);
        return new Prepared() {
            @Override
            public void commit() {
                wanted = next;
                install(opened);
            }

            @Override
            public void discard() {
                opened.ifPresent(Telemetry::discard);
            }
        };
    }

    private Telemetry open(Otel to) {
        try {
            return Telemetry.open(world, to, this, ringFile);
        } catch (RuntimeException | LinkageError e) { // the boundary: whatever a library throws
            throw new EvergateException(
                    ErrorCode.CONFIG_REFUSED, "diagnostics.otel: cannot be used: " + e, e);
        }
    }

    /** The one before sends its last words first: both read the same ring. */
    private void install(Optional<Telemetry> next) {
        Optional<Telemetry> before = telemetry.getAndSet(next);
        Runnable end = () -> before.ifPresent(Telemetry::end);
        next.ifPresentOrElse(
                running -> {
                    running.start(rooms.gateway().events(), end);
                    trace(running);
                },
                () -> world.tasks().start("telemetry-end", end));
    }

    /** A restart is over: its trace goes to the collector. */
    public void restarted(RestartReport report) {
        var _ = untraced.offer(report);
        telemetry.get().ifPresent(this::trace);
    }

    private void trace(Telemetry running) {
        for (var report = untraced.poll(); report != null; report = untraced.poll()) {
            running.shipper().offer(LifeTraces.of(report));
        }
    }

    /** Everything has stopped: says so to the collector, which is given 200 ms at most. */
    public void close(StopReport report) {
        telemetry.get().ifPresent(running -> running.close(report));
    }

    /** What names this process to a collector. */
    Map<String, String> resource() {
        Readiness now = rooms.readiness().get();
        return Map.of(
                "service.name", "evergate",
                "service.version", rooms.version(),
                "service.instance.id", now.instance(),
                "evergate.generation", Long.toString(now.generation()));
    }

    /** Everything, as it stands now. */
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>(generation(rooms.readiness().get()));
        LiveGateway.Load load = rooms.gateway().load();
        metrics.add(
                new Metric.Gauge(
                        "evergate_turns",
                        "Turns in this generation.",
                        List.of(
                                Point.of("state", "running", load.running()),
                                Point.of("state", "queued", load.waiting()))));
        metrics.addAll(turns.metrics());
        rooms.own().forEach(room -> metrics.addAll(room.get()));
        List<Point> ages = new ArrayList<>();
        rooms.loopAgesMs()
                .get()
                .forEach((loop, ms) -> ages.add(Point.of("loop", loop, ms / MILLIS)));
        metrics.add(
                new Metric.Gauge(
                        "evergate_loop_age_seconds",
                        "How long each critical loop has been busy with one thing.",
                        ages));
        metrics.addAll(ProcessMetrics.read());
        metrics.add(ring.metric());
        telemetry.get().ifPresent(running -> metrics.addAll(running.shipper().metrics()));
        return metrics;
    }

    private List<Metric> generation(Readiness now) {
        List<Point> phases = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            phases.add(Point.of("phase", phase.wireName(), phase == now.phase() ? 1 : 0));
        }
        double upNanos = world.time().nanos() - now.startedAtNanos();
        return List.of(
                new Metric.Gauge(
                        "evergate_build_info",
                        "The release that runs.",
                        List.of(Point.of("version", rooms.version(), 1))),
                Metric.gauge("evergate_generation", "Number of this generation.", now.generation()),
                Metric.gauge("evergate_epoch", "Epoch of the gateway lease.", now.epoch()),
                new Metric.Gauge("evergate_phase", "1 for the phase it is in.", phases),
                Metric.gauge(
                        "evergate_ready",
                        "1 if a message sent now would be durably accepted.",
                        now.isReady() ? 1 : 0),
                Metric.gauge(
                        "evergate_uptime_seconds",
                        "Since this generation was built.",
                        upNanos / 1e9));
    }
}
