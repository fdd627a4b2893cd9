package dev.evergate.core.lifecycle;

import dev.evergate.core.time.Deadline;

/**
 * A part of the process that is started once and stopped once.
 *
 * <p>{@link Lifecycle} calls the two methods one after the other, never at the same time, each on a
 * thread of its choice.
 */
public interface Component {
    /** Name in logs and in the stop report; unique within the process. */
    String name();

    /** Starts or throws; after a throw nothing of this component is running. */
    void start() throws Exception;

    /**
     * Stops, giving up work that cannot finish before {@code deadline}. Not called if {@link
     * #start} threw. Whoever is not back by then is reported and left behind.
     */
    void stop(Deadline deadline) throws Exception;

    /** How long a stop of it may take, in milliseconds; asked when the stop begins. */
    default long stopMs() {
        return 300;
    }
}
