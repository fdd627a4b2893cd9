package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;
import dev.evergate.core.metric.Stopwatch;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class PrometheusTextTest {
    @Test
    void readsBackWhatWasMeasured() {
        var watch = new Stopwatch();
        watch.took(900_000);
        watch.took(30_000_000);
        watch.took(3_600_000_000_000L);
        List<Metric> metrics =
                List.of(
                        Metric.gauge("test_up", "A gauge\nwith \\ in its help.", 1.5),
                        new Metric.Counter(
                                "test_total",
                                "A counter.",
                                List.of(
                                        new Point(Map.of("b", "x\"\\\n", "a", "1"), 2),
                                        Point.of("a", "2", 1e18))),
                        watch.distribution("test_seconds", "Times."));

        Map<String, Double> series = PrometheusReader.read(PrometheusText.of(metrics));

        assertThat(series)
                .containsEntry("test_up", 1.5)
                .containsEntry("test_total{a=\"1\",b=\"x\\\"\\\\\\n\"}", 2.0)
                .containsEntry("test_total{a=\"2\"}", 1e18)
                .containsEntry("test_seconds_bucket{le=\"0.001\"}", 1.0)
                .containsEntry("test_seconds_bucket{le=\"0.05\"}", 2.0)
                .containsEntry("test_seconds_bucket{le=\"600\"}", 2.0)
                .containsEntry("test_seconds_bucket{le=\"+Inf\"}", 3.0)
                .containsEntry("test_seconds_sum", 3600.0309);
    }

    @Test
    void theProcessMeasuresItself() {
        Map<String, Double> series =
                PrometheusReader.read(PrometheusText.of(new ArrayList<>(ProcessMetrics.read())));

        assertThat(series.get("evergate_threads")).isPositive();
        assertThat(series.get("evergate_open_fds")).isPositive();
        assertThat(series.get("evergate_heap_bytes{state=\"used\"}")).isPositive();
    }
}
