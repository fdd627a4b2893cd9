package dev.evergate.core.lifecycle;

import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

import java.util.ArrayList;
import java.util.List;

/**
 * Starts components in order and stops them in exact reverse, whatever happens to any one of them.
 *
 * <p>Not thread-safe: one thread starts and stops. Each stop runs on a thread of its own, so that
 * one that hangs costs its own time and nothing else.
 */
public final class Lifecycle {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    /** The name of the whole stop in logs, traces and the stability ring. */
    private static final Marker CLOSED = MarkerFactory.getMarker("restart.close.total");

    /** A component that uses up its time to the end is not late yet. */
    private static final long GRACE_MS = 50;

    /** What the last components get even when those before have used up everything. */
    static final long STOP_MS_MIN = 50;

    private final World world;
    private final List<Component> started = new ArrayList<>();

    public Lifecycle(World world) {
        this.world = world;
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
     * Stops everything that was started, giving each component the time it asks for, and all of
     * them together {@code wholeMs} milliseconds (a component that is left nothing of it gets
     * {@value #STOP_MS_MIN} ms). One that throws or overruns is reported and never keeps the next
     * from stopping. A second call stops nothing again.
     */
    public StopReport stop(long wholeMs) {
        long startedAtMs = world.time().wallMillis();
        long sinceNanos = world.time().nanos();
        Deadline whole = world.time().deadlineIn(wholeMs);
        List<StopReport.Step> steps = new ArrayList<>();
        for (Component component : started.reversed()) {
            long leftMs = Math.max(STOP_MS_MIN, whole.remainingMillis(world.time()));
            long offsetMs = millisSince(sinceNanos);
            Attempt attempt = stop(component, Math.min(component.stopMs(), leftMs));
            steps.add(step(component.name(), offsetMs, millisSince(sinceNanos), attempt));
        }
        started.clear();
        var report = new StopReport(startedAtMs, millisSince(sinceNanos), steps);
        log.info(CLOSED, "Stopped everything in {}", report);
        return report;
    }

    private Attempt stop(Component component, long ms) {
        Deadline deadline = world.time().deadlineIn(ms);
        try {
            return world.attempt(
                    "stop-" + component.name(),
                    world.time().deadlineIn(ms + GRACE_MS),
                    () -> component.stop(deadline));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it has been told to stop; nobody waits for it
            return new Attempt.Failed(e);
        }
    }

    private static StopReport.Step step(String name, long offsetMs, long endedMs, Attempt attempt) {
        long tookMs = endedMs - offsetMs;
        return switch (attempt) {
            case Attempt.Done() ->
                    new StopReport.Step(name, offsetMs, tookMs, StopReport.Outcome.STOPPED, "");
            case Attempt.Failed(var cause) -> {
                log.warn("Component {} did not stop cleanly", name, cause);
                yield new StopReport.Step(
                        name, offsetMs, tookMs, StopReport.Outcome.FAILED, cause.toString());
            }
            case Attempt.Overdue(var stack) -> {
                log.warn("Component {} has not stopped in {} ms; it stands{}", name, tookMs, stack);
                yield new StopReport.Step(
                        name, offsetMs, tookMs, StopReport.Outcome.OVERDUE, stack.strip());
            }
        };
    }

    private long millisSince(long nanos) {
        return (world.time().nanos() - nanos) / 1_000_000;
    }
}
