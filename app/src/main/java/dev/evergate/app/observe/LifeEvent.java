package dev.evergate.app.observe;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Names of what happens in a generation's life. A log line marked with one carries it as its {@code
 * event} and goes to the stability ring, too; so does one that any other part of the product marks
 * with a name that contains a dot. Constants.
 */
public final class LifeEvent {
    /** The phase has changed. */
    public static final Marker PHASE = MarkerFactory.getMarker("generation.phase");

    /** It serves. */
    public static final Marker READY = MarkerFactory.getMarker("generation.ready");

    /** It was asked to end. */
    public static final Marker STOPPING = MarkerFactory.getMarker("generation.stopping");

    /** Everything has stopped; the text says how long each part took. */
    public static final Marker STOPPED = MarkerFactory.getMarker("generation.stopped");

    /** A restart is over; the text is its report in one sentence. */
    public static final Marker RESTARTED = MarkerFactory.getMarker("restart.report");

    private LifeEvent() {}
}
