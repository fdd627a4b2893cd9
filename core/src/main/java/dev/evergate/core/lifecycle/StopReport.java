package dev.evergate.core.lifecycle;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a stop went, component by component.
 *
 * @param steps in the order they were stopped
 */
public record StopReport(List<Step> steps) {
    public StopReport {
        steps = List.copyOf(steps);
    }

    /**
     * @param tookMs milliseconds
     * @param failure what it threw; empty if it stopped cleanly
     */
    public record Step(String component, long tookMs, String failure) {}

    @Override
    public String toString() {
        return steps.stream()
                .map(
                        step ->
                                step.component()
                                        + " "
                                        + step.tookMs()
                                        + " ms"
                                        + (step.failure().isEmpty()
                                                ? ""
                                                : " (" + step.failure() + ")"))
                .collect(Collectors.joining(", "));
    }
}
