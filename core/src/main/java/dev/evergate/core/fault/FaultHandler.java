package dev.evergate.core.fault;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Consumer;

/**
 * Where throwables end that nobody caught: a bug is logged with its stack and costs only the work
 * it hit. Thread-safe.
 */
public final class FaultHandler implements Consumer<Throwable> {
    private static final Logger log = LoggerFactory.getLogger(FaultHandler.class);

    @Override
    public void accept(Throwable fault) {
        log.error("Unexpected failure: {}", fault.toString(), fault);
    }
}
