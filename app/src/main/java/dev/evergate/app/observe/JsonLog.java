package dev.evergate.app.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.AppenderBase;

import dev.evergate.keeper.log.JsonLine;
import dev.evergate.keeper.log.LineWriter;

import java.nio.file.Path;
import java.util.Optional;

/** Turns log events into lines of the day's file; warnings go to the terminal too. Thread-safe. */
final class JsonLog extends AppenderBase<ILoggingEvent> {
    static final String NAME = "json";

    private final LogFile target;
    private final LineWriter file;
    private final LineWriter console;
    private final Chronicle chronicle;
    private volatile Level level = Level.INFO;

    /**
     * @param target what {@code file} writes to
     */
    JsonLog(LogFile target, LineWriter file, LineWriter console, Chronicle chronicle) {
        this.target = target;
        this.file = file;
        this.console = console;
        this.chronicle = chronicle;
        setName(NAME);
    }

    /** Writes what has at least this level, there; empty for the day's file. */
    void use(Level least, Optional<Path> to) {
        level = least;
        target.use(to);
    }

    @Override
    protected void append(ILoggingEvent event) {
        var line =
                JsonLine.begin(event.getTimeStamp(), event.getLevel().toString(), "generation")
                        .with("generation", chronicle.generation())
                        .with("logger", event.getLoggerName())
                        .with("thread", event.getThreadName())
                        .with("message", event.getFormattedMessage());
        String name = Chronicle.name(event);
        if (!name.isEmpty()) {
            line.with("event", name);
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.with("stack", stack(thrown));
        }
        chronicle.note(event);
        if (!event.getLevel().isGreaterOrEqual(level)) {
            return;
        }
        int dropped = file.takeDropped() + console.takeDropped() + chronicle.takeDropped();
        if (dropped > 0) {
            line.with("droppedBefore", dropped);
        }
        file.offer(line.toString());
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            console.offer(event.getLevel() + " " + event.getFormattedMessage());
        }
    }

    private static String stack(IThrowableProxy thrown) {
        var text = new StringBuilder();
        for (IThrowableProxy cause = thrown; cause != null; cause = cause.getCause()) {
            text.append(cause.getClassName()).append(": ").append(cause.getMessage()).append('\n');
            for (StackTraceElementProxy element : cause.getStackTraceElementProxyArray()) {
                text.append("  ").append(element.getSTEAsString()).append('\n');
            }
        }
        return text.toString();
    }
}
