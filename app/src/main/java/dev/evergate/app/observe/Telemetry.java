package dev.evergate.app.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.telemetry.Event;
import dev.evergate.core.telemetry.Exporter;
import dev.evergate.core.telemetry.Span;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sends what the observatory sees to an OpenTelemetry collector. Off, it is not even loaded.
 * Thread-safe.
 */
public final class Telemetry {
    private static final Logger log = LoggerFactory.getLogger(Telemetry.class);

    /** What an exit waits for a collector. */
    private static final long GOODBYE_MS = 200;

    private final World world;
    private final Otel settings;
    private final Shipper shipper;

    private Telemetry(World world, Otel settings, Shipper shipper) {
        this.world = world;
        this.settings = settings;
        this.shipper = shipper;
    }

    /** Begins to send; what cannot be loaded is told and does without. */
    static Telemetry start(
            World world, Otel settings, Observatory observatory, Path ring, EventFeed feed) {
        Exporter exporter = TelemetryLoader.load().open(settings, observatory.resource());
        var sources = new Shipper.Sources(observatory::metrics, new RingExport(ring));
        var telemetry =
                new Telemetry(world, settings, new Shipper(world, exporter, settings, sources));
        var _ = feed.subscribe(telemetry::observe);
        if (settings.logs()) {
            telemetry.listen();
        }
        telemetry.shipper.start();
        log.info("Telemetry goes to {}", settings.endpoint().getHost());
        return telemetry;
    }

    Shipper shipper() {
        return shipper;
    }

    /** The last words of this generation, once everything has stopped; waits 200 ms at most. */
    void close(StopReport report) {
        shipper.offer(LifeTraces.of(report));
        shipper.close(GOODBYE_MS);
    }

    private void observe(GatewayEvent event) {
        if (event instanceof GatewayEvent.RunEnded(_, _, var end)
                && world.entropy().fraction() < settings.sampleRate()) {
            shipper.offer(turn(end));
        }
    }

    private static Span turn(RunEnd end) {
        var attributes =
                Map.of(
                        "run", end.runId(),
                        "agent", end.agentId(),
                        "outcome", end.state().name().toLowerCase(Locale.ROOT),
                        "provider", end.provenance().provider(),
                        "model", end.provenance().model());
        return new Span(
                "turn",
                end.startedAtMs(),
                Math.max(0, end.endedAtMs() - end.startedAtMs()),
                attributes,
                end.state() == Turn.State.FAILED ? "failed" : "",
                List.of());
    }

    /** Log lines go along; those that are in the ring already are taken from there. */
    private void listen() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var appender =
                new AppenderBase<ILoggingEvent>() {
                    @Override
                    protected void append(ILoggingEvent line) {
                        if (Chronicle.name(line).isEmpty()) {
                            shipper.offer(event(line));
                        }
                    }
                };
        appender.setContext(context);
        appender.setName("telemetry");
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private static Event event(ILoggingEvent line) {
        Event.Level level =
                line.getLevel().isGreaterOrEqual(Level.ERROR)
                        ? Event.Level.ERROR
                        : line.getLevel().isGreaterOrEqual(Level.WARN)
                                ? Event.Level.WARN
                                : Event.Level.INFO;
        return new Event(
                line.getTimeStamp(),
                level,
                "",
                line.getFormattedMessage(),
                Map.of("logger", line.getLoggerName(), "thread", line.getThreadName()));
    }
}
