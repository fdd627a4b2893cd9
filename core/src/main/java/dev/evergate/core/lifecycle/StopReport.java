package dev.evergate.core.lifecycle;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a stop went, component by component; each step can become one span of a trace.
 *
 * @param startedAtMs when it began, wall clock
 * @param tookMs all of it, in milliseconds
 * @param steps in the order they were stopped
 */
public record StopReport(long startedAtMs, long tookMs, List<Step> steps) {
    public StopReport {
        steps = List.copyOf(steps);
    }

    /** How the stop of one component ended. */
    public enum Outcome {
        /** It stopped within its time. */
        STOPPED,
        /** It threw. */
        FAILED,
        /** Its time was over, and it was left behind. */
        OVERDUE
    }

    /**
     * One component's part.
     *
     * @param offsetMs from the beginning of the stop, in milliseconds
     * @param tookMs milliseconds
     * @param detail what it threw, or where its thread stood; empty if it stopped
     */
    public record Step(
            String component, long offsetMs, long tookMs, Outcome outcome, String detail) {}

    /** Whether every component stopped within its time. */
    public boolean isClean() {
        return steps.stream().allMatch(step -> step.outcome() == Outcome.STOPPED);
    }

    @Override
    public String toString() {
        return "%d ms (%s)"
                .formatted(
                        tookMs,
                        steps.stream().map(StopReport::text).collect(Collectors.joining(", ")));
    }

    private static String text(Step step) {
        String times = step.component() + " " + step.tookMs() + " ms";
        return switch (step.outcome()) {
            case STOPPED -> times;
            case FAILED -> times + " failed: " + step.detail();
            case OVERDUE -> times + " overdue";
        };
    }
}
