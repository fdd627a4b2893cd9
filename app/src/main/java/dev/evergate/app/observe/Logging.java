package dev.evergate.app.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Configures logging in code: reading a configuration file would cost a quarter of a start. Found
 * by Logback through {@link java.util.ServiceLoader}.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sends log lines to the day's file, and warnings to the terminal too. Call once, first thing.
     */
    public static void start(JsonLog target) {
        var context = (LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory();
        target.setContext(context);
        target.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(target);
    }
}
