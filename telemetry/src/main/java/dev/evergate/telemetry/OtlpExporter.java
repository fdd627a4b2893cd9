package dev.evergate.telemetry;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.Otel;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.telemetry.Event;
import dev.evergate.core.telemetry.Exporter;
import dev.evergate.core.telemetry.Span;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sends telemetry with OpenTelemetry's own encoders. Used by one thread. */
final class OtlpExporter implements Exporter {
    /** A little longer than the sender itself takes to give up. */
    private static final long PATIENCE_MS = BoundedSender.TIMEOUT_MS + 1_000;

    private final OtlpHttpSpanExporter spans;
    private final OtlpHttpLogRecordExporter logs;
    private final OtlpHttpMetricExporter metrics;
    private final Origin origin;
    private final Logger quiet = Logger.getLogger("io.opentelemetry");

    /** Who sends. */
    record Origin(Resource resource, InstrumentationScopeInfo scope) {}

    /** Found through {@link java.util.ServiceLoader}. */
    public static final class Factory implements Exporter.Factory {
        @Override
        public Exporter open(Otel settings, Map<String, String> resource) {
            return new OtlpExporter(settings, resource);
        }
    }

    private OtlpExporter(Otel settings, Map<String, String> resource) {
        String base = settings.endpoint().toString().replaceAll("/+$", "") + "/v1/";
        Map<String, String> headers = new LinkedHashMap<>();
        settings.headers().forEach((name, value) -> headers.put(name, reveal(value)));
        // Its own warnings would go to standard error; we say ourselves what does not work.
        quiet.setLevel(Level.OFF);
        ClassLoader loader = OtlpExporter.class.getClassLoader();
        spans =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(base + "traces")
                        .setHeaders(() -> headers)
                        .setRetryPolicy(null)
                        .setServiceClassLoader(loader)
                        .build();
        logs =
                OtlpHttpLogRecordExporter.builder()
                        .setEndpoint(base + "logs")
                        .setHeaders(() -> headers)
                        .setRetryPolicy(null)
                        .setServiceClassLoader(loader)
                        .build();
        metrics =
                OtlpHttpMetricExporter.builder()
                        .setEndpoint(base + "metrics")
                        .setHeaders(() -> headers)
                        .setRetryPolicy(null)
                        .setServiceClassLoader(loader)
                        .build();
        origin =
                new Origin(
                        Resource.create(attributes(resource)),
                        InstrumentationScopeInfo.create("dev.evergate"));
    }

    private static String reveal(Secret header) {
        return header.reveal();
    }

    @Override
    public boolean spans(List<Span> batch) {
        return isTaken(spans.export(FinishedSpan.all(batch, origin)));
    }

    @Override
    public boolean events(List<Event> batch) {
        return isTaken(
                logs.export(
                        batch.stream()
                                .map(event -> new LogLine(event, origin))
                                .map(io.opentelemetry.sdk.logs.data.LogRecordData.class::cast)
                                .toList()));
    }

    @Override
    public boolean metrics(List<Metric> batch, long sinceMs, long nowMs) {
        return isTaken(metrics.export(new Measurements(origin, sinceMs, nowMs).all(batch)));
    }

    private static boolean isTaken(CompletableResultCode result) {
        return result.join(PATIENCE_MS, TimeUnit.MILLISECONDS).isSuccess();
    }

    @Override
    public void close() {
        var _ = spans.shutdown();
        var _ = logs.shutdown();
        var _ = metrics.shutdown();
    }

    static Attributes attributes(Map<String, String> from) {
        AttributesBuilder attributes = Attributes.builder();
        from.forEach(attributes::put);
        return attributes.build();
    }
}
