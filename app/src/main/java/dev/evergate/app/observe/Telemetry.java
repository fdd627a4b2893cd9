package dev.evergate.app.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
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
import java.util.Optional;

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
    private final Exporter exporter;
    private final Shipper shipper;
    private final Appender<ILoggingEvent> appender = new LogLines();
    private volatile Optional<EventFeed.Subscription> subscription = Optional.empty();

    private Telemetry(World world, Otel settings, Exporter exporter, Shipper shipper) {
        this.world = world;
        this.settings = settings;
        this.exporter = exporter;
        this.shipper = shipper;
    }

    /** Loads what it takes; sends nothing before {@link #start}. */
    static Telemetry open(World world, Otel settings, Observatory observatory, Path ring) {
        Exporter exporter = TelemetryLoader.load().open(settings, observatory.resource());
        var sources = new Shipper.Sources(observatory::metrics, new RingExport(ring));
        var shipper = new Shipper(world, exporter, settings, sources);
        return new Telemetry(world, settings, exporter, shipper);
    }

    /**
     * Takes what happens from now on, and sends it after {@code before} has ended, which may take a
     * moment. Does not wait.
     */
    void start(EventFeed feed, Runnable before) {
        subscription = Optional.of(feed.subscribe(this::observe));
        if (settings.logs()) {
            listen();
        }
        shipper.start(before);
        log.info("Telemetry goes to {}", settings.endpoint().getHost());
    }

    /** Gives up what was opened and not started. */
    void discard() {
        exporter.close();
    }

    Shipper shipper() {
        return shipper;
    }

    /** Takes nothing any more and sends what it has; waits 200 ms at most. */
    void end() {
        subscription.ifPresent(EventFeed.Subscription::close);
        root().detachAppender(appender);
        shipper.close(GOODBYE_MS);
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
        appender.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        appender.setName("telemetry to " + settings.endpoint());
        appender.start();
        root().addAppender(appender);
    }

    private static ch.qos.logback.classic.Logger root() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        return context.getLogger(Logger.ROOT_LOGGER_NAME);
    }

    private final class LogLines extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent line) {
            if (Chronicle.name(line).isEmpty()) {
                shipper.offer(event(line));
            }
        }
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
