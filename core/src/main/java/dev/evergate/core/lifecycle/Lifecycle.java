package dev.evergate.core.lifecycle;

import dev.evergate.core.time.Time;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;

/**
 * Starts components in order and stops them in exact reverse, whatever happens to any one of them.
 *
 * <p>Not thread-safe: one thread starts and stops.
 */
public final class Lifecycle {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    private final Time time;
    private final List<Component> started = new ArrayList<>();

    public Lifecycle(Time time) {
        this.time = time;
    }

    /**
     * Starts one more component. If it throws, those that were started before keep running; {@link
     * #stop} ends them.
     */
    public void start(Component component) throws Exception {
        component.start();
        started.add(component);
    }

    /**
     * Stops everything that was started, giving each component at most {@code perComponentMs}
     * milliseconds. A component that throws is reported and never keeps the next from stopping. A
     * second call stops nothing again.
     */
    public StopReport stop(long perComponentMs) {
        List<StopReport.Step> steps = new ArrayList<>();
        for (Component component : started.reversed()) {
            long since = time.nanos();
            String failure = "";
            try {
                component.stop(time.deadlineIn(perComponentMs));
            } catch (Exception e) { // the boundary: stopping never gives up
                log.warn("Component {} did not stop cleanly", component.name(), e);
                failure = e.toString();
            }
            steps.add(
                    new StopReport.Step(
                            component.name(), (time.nanos() - since) / 1_000_000, failure));
        }
        started.clear();
        return new StopReport(steps);
    }
}
