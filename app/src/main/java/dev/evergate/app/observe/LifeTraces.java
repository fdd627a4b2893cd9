package dev.evergate.app.observe;

import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.telemetry.Span;
import dev.evergate.keeper.ring.RingRecord;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes traces of starts, restarts and stops. Stateless. */
final class LifeTraces {
    private LifeTraces() {}

    /**
     * One chapter of the ring: a span for the whole, and one for each step of the generation that
     * started in it.
     */
    static Span of(Stability.Chapter chapter) {
        List<Span> steps = new ArrayList<>();
        long sinceMs = 0;
        for (RingRecord entry : chapter.seen()) {
            String step = step(entry);
            if (!step.isEmpty() && sinceMs > 0) {
                steps.add(
                        Span.of(
                                step,
                                sinceMs,
                                Math.max(0, entry.atMs() - sinceMs),
                                Map.of("generation", Long.toString(entry.generation()))));
            }
            if (!step.isEmpty() || entry.event().equals("generation.started")) {
                sinceMs = entry.atMs();
            }
        }
        return new Span(
                "gateway." + chapter.kind().name().toLowerCase(Locale.ROOT),
                chapter.atMs(),
                Math.max(0, chapter.untilMs() - chapter.atMs()),
                Map.of(
                        "cause", chapter.cause(),
                        "result", chapter.result(),
                        "planned", Boolean.toString(chapter.isPlanned()),
                        "generation", Long.toString(chapter.generation())),
                "",
                steps);
    }

    /** The step that is over with this record, empty if none is. */
    private static String step(RingRecord entry) {
        String text = entry.text();
        return switch (entry.event()) {
            case "generation.phase" ->
                    text.contains("-> STANDBY")
                            ? "generation.start.build"
                            : text.contains("-> RUNNING") ? "generation.start.enter" : "";
            case "gateway.phase" -> text.endsWith("-> serving") ? "generation.start.serve" : "";
            default -> "";
        };
    }

    /** A planned restart: one span for the whole, and one for each step, in order. */
    static Span of(RestartReport report) {
        Map<String, String> attributes = new HashMap<>(report.fields());
        attributes.put("generation", Long.toString(report.generation()));
        attributes.put("from", Long.toString(report.from()));
        attributes.put("planned", "true");
        attributes.put("cause", report.cause());
        attributes.put("result", report.result());
        List<Span> steps = new ArrayList<>();
        long atMs = report.requestedAtMs();
        for (RestartReport.Step step : report.steps()) {
            attributes.remove(step.field());
            steps.add(Span.of("restart." + step.name(), atMs, step.tookMs(), Map.of()));
            atMs += step.tookMs();
        }
        return new Span(
                "gateway.restart",
                report.requestedAtMs(),
                report.totalMs(),
                attributes,
                report.isCommitted() ? "" : report.why(),
                steps);
    }

    /** A stop: one span for the whole, and one for each part, in order. */
    static Span of(StopReport report) {
        List<Span> steps =
                report.steps().stream()
                        .map(
                                step ->
                                        new Span(
                                                "restart.close." + step.component(),
                                                report.startedAtMs() + step.offsetMs(),
                                                step.tookMs(),
                                                Map.of(
                                                        "component",
                                                        step.component(),
                                                        "outcome",
                                                        step.outcome()
                                                                .name()
                                                                .toLowerCase(Locale.ROOT)),
                                                failure(step),
                                                List.of()))
                        .toList();
        return new Span(
                "restart.close.total",
                report.startedAtMs(),
                report.tookMs(),
                Map.of("clean", Boolean.toString(report.isClean())),
                report.isClean() ? "" : "not everything stopped in time",
                steps);
    }

    private static String failure(StopReport.Step step) {
        return switch (step.outcome()) {
            case STOPPED -> "";
            case FAILED -> "failed: " + step.detail();
            case OVERDUE -> "overdue: " + step.detail();
        };
    }
}
