package dev.evergate.core.lifecycle;

import dev.evergate.core.time.Deadline;

/**
 * A part of the process that is started once and stopped once.
 *
 * <p>{@link Lifecycle} calls both methods from one thread, never at the same time.
 */
public interface Component {
    /** Name in logs and in the stop report; unique within the process. */
    String name();

    /** Starts or throws; after a throw nothing of this component is running. */
    void start() throws Exception;

    /**
     * Stops, giving up work that cannot finish before {@code deadline}. Not called if {@link
     * #start} threw.
     */
    void stop(Deadline deadline) throws Exception;
}
