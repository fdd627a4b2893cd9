package dev.evergate.telemetry;

import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;

import java.util.List;

/** Makes metrics into what OpenTelemetry's encoder reads. Immutable. */
record Measurements(OtlpExporter.Origin origin, long sinceMs, long nowMs) {
    private static final long NANOS_PER_MS = 1_000_000;

    List<MetricData> all(List<Metric> metrics) {
        return metrics.stream().map(this::data).toList();
    }

    private MetricData data(Metric metric) {
        String unit = unit(metric.name());
        return switch (metric) {
            case Metric.Gauge(var name, var help, var points) ->
                    ImmutableMetricData.createDoubleGauge(
                            origin.resource(),
                            origin.scope(),
                            name,
                            help,
                            unit,
                            ImmutableGaugeData.create(points(points)));
            case Metric.Counter(var name, var help, var points) ->
                    ImmutableMetricData.createDoubleSum(
                            origin.resource(),
                            origin.scope(),
                            name,
                            help,
                            unit,
                            ImmutableSumData.create(
                                    true, AggregationTemporality.CUMULATIVE, points(points)));
            case Metric.Distribution spread ->
                    ImmutableMetricData.createDoubleHistogram(
                            origin.resource(),
                            origin.scope(),
                            spread.name(),
                            spread.help(),
                            unit,
                            histogram(spread));
        };
    }

    private List<DoublePointData> points(List<Point> points) {
        return points.stream()
                .<DoublePointData>map(
                        point ->
                                ImmutableDoublePointData.create(
                                        sinceMs * NANOS_PER_MS,
                                        nowMs * NANOS_PER_MS,
                                        OtlpExporter.attributes(point.labels()),
                                        point.value()))
                .toList();
    }

    private ImmutableHistogramData histogram(Metric.Distribution spread) {
        return ImmutableHistogramData.create(
                AggregationTemporality.CUMULATIVE,
                List.of(
                        ImmutableHistogramPointData.create(
                                sinceMs * NANOS_PER_MS,
                                nowMs * NANOS_PER_MS,
                                Attributes.empty(),
                                spread.sum(),
                                false,
                                0,
                                false,
                                0,
                                spread.bounds(),
                                spread.counts())));
    }

    /** The unit is the last word of a name. */
    private static String unit(String name) {
        String base = name.replace("_total", "");
        if (base.endsWith("_seconds")) {
            return "s";
        }
        return base.endsWith("_bytes") ? "By" : "1";
    }
}
