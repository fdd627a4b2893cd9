package dev.evergate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;
import dev.evergate.core.metric.Stopwatch;
import dev.evergate.core.telemetry.Event;
import dev.evergate.core.telemetry.Exporter;
import dev.evergate.core.telemetry.Span;
import dev.evergate.testkit.net.FakeCollector;
import dev.evergate.testkit.net.FakeCollector.Manner;
import dev.evergate.testkit.net.FakeCollector.SeenLog;
import dev.evergate.testkit.net.FakeCollector.SeenSpan;
import dev.evergate.testkit.time.FairWatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.URI;
import java.util.List;
import java.util.Map;

class OtlpExporterTest {
    private static final Event EVENT =
            new Event(
                    1_700_000_000_000L, Event.Level.WARN, "generation.ended", "It ended", Map.of());

    @Test
    void aCollectorUnderstandsSpansLogsAndMetrics() {
        try (var collector = new FakeCollector(Manner.KIND);
                Exporter exporter = exporter(collector)) {
            var part = Span.of("restart.close.server", 1_700_000_000_100L, 40, Map.of());
            var whole =
                    new Span(
                            "restart.close.total",
                            1_700_000_000_000L,
                            200,
                            Map.of("cause", "SIGTERM"),
                            "",
                            List.of(part));
            var watch = new Stopwatch();
            watch.took(5_000_000);

            assertThat(exporter.spans(List.of(whole))).isTrue();
            assertThat(exporter.events(List.of(EVENT))).isTrue();
            assertThat(
                            exporter.metrics(
                                    List.of(
                                            Metric.gauge("evergate_ready", "Ready.", 1),
                                            new Metric.Counter(
                                                    "evergate_x_total",
                                                    "X.",
                                                    List.of(Point.of("a", "b", 3))),
                                            watch.distribution("evergate_y_seconds", "Y.")),
                                    1,
                                    2))
                    .isTrue();

            assertThat(collector.malformed()).isEmpty();
            List<SeenSpan> spans = collector.spans();
            assertThat(spans)
                    .extracting(SeenSpan::name)
                    .containsExactly("restart.close.total", "restart.close.server");
            SeenSpan root = spans.getFirst();
            SeenSpan child = spans.getLast();
            assertThat(root.parent()).isIn("", "0000000000000000");
            assertThat(root.attributes()).containsEntry("cause", "SIGTERM");
            assertThat(child.parent()).isEqualTo(root.id());
            assertThat(child.trace()).isEqualTo(root.trace()).hasSize(32);
            assertThat(child.endMs() - child.startMs()).isEqualTo(40);
            assertThat(collector.logs())
                    .containsExactly(
                            new SeenLog(
                                    1_700_000_000_000L, "WARN", "generation.ended", "It ended"));
            assertThat(collector.metrics())
                    .containsExactly("evergate_ready", "evergate_x_total", "evergate_y_seconds");
            assertThat(collector.resources()).contains("service.name=evergate");
            assertThat(collector.requests())
                    .allSatisfy(head -> assertThat(head).containsIgnoringCase("x-key: s3cret"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Manner.class,
            names = {"KIND"},
            mode = EnumSource.Mode.EXCLUDE)
    void aBadCollectorCostsABoundedTimeAndIsLeft(Manner manner) {
        try (var collector = new FakeCollector(manner);
                Exporter exporter = exporter(collector)) {
            FairWatch watch = FairWatch.start();

            assertThat(exporter.events(List.of(EVENT))).isFalse();

            assertThat(watch.ms()).isLessThan(BoundedSender.TIMEOUT_MS + 3_000);
            assertThat(collector.requests())
                    .as("headers never go where nobody configured them")
                    .noneMatch(head -> head.contains("/elsewhere"));
            collector.behave(Manner.KIND);
            assertThat(exporter.events(List.of(EVENT))).as("it heals").isTrue();
        }
    }

    @Test
    void nobodyThereIsNoDifferent() {
        var gone = new FakeCollector(Manner.KIND);
        gone.close();
        try (Exporter exporter = exporter(gone)) {
            assertThat(exporter.spans(List.of(Span.of("x", 1, 1, Map.of())))).isFalse();
        }
    }

    private static Exporter exporter(FakeCollector collector) {
        return new OtlpExporter.Factory()
                .open(
                        new Otel(
                                URI.create(collector.endpoint() + "/"),
                                Map.of("x-key", Secret.of("s3cret")),
                                true,
                                true,
                                true,
                                1),
                        Map.of("service.name", "evergate"));
    }
}
