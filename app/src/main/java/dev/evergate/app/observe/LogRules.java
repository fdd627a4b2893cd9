package dev.evergate.app.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;

import dev.evergate.app.config.Applier.Prepared;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import org.slf4j.LoggerFactory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What of the log is written, and to which file, for the whole process. Thread-safe.
 *
 * <p>The stability ring gets what belongs there, whatever the level.
 */
public final class LogRules {
    private LogRules() {}

    /**
     * Opens the file that the log is to go to.
     *
     * @throws EvergateException CONFIG_REFUSED if it cannot be written
     */
    public static Prepared prepare(ConfigSnapshot.Logging next) {
        next.file().ifPresent(LogRules::proveWritable);
        return new Prepared() {
            @Override
            public void commit() {
                use(next);
            }

            @Override
            public void discard() {}
        };
    }

    /** These hold from now on; lines for a file that cannot be written are lost. */
    public static void use(ConfigSnapshot.Logging logging) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = level(logging.level());
        // What happens to the process is told at INFO, and goes to the ring in any case.
        root.setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.INFO : level);
        if (root.getAppender(JsonLog.NAME) instanceof JsonLog log) {
            log.use(level, logging.file());
        }
    }

    private static void proveWritable(Path file) {
        try (var _ = new FileOutputStream(file.toFile(), true)) {
            // it is there now, and can be added to
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.CONFIG_REFUSED,
                    "logging.file: %s cannot be written: %s (expected: a file in a folder that is there)"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Logback has no level above ERROR but OFF. */
    private static Level level(ConfigSnapshot.Logging.Level level) {
        return switch (level) {
            case SILENT -> Level.OFF;
            case FATAL, ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
