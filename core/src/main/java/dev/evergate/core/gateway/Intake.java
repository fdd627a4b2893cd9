package dev.evergate.core.gateway;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.util.concurrent.atomic.AtomicInteger;

/** Whether messages are taken, and how many are being taken this moment. Thread-safe. */
final class Intake {
    private final AtomicInteger open = new AtomicInteger();
    private volatile String refusal = "";

    /** A message is being taken until this is closed. */
    interface Taking extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Begins to take a message.
     *
     * @throws EvergateException UNAVAILABLE if none is taken any more
     */
    Taking open() {
        int _ = open.incrementAndGet();
        if (!refusal.isEmpty()) {
            int _ = open.decrementAndGet();
            throw new EvergateException(ErrorCode.UNAVAILABLE, refusal);
        }
        return open::decrementAndGet;
    }

    /** Refuses from now on, and tells why. */
    void refuse(String why) {
        refusal = why;
    }

    boolean isRefusing() {
        return !refusal.isEmpty();
    }

    boolean isQuiet() {
        return open.get() == 0;
    }
}
