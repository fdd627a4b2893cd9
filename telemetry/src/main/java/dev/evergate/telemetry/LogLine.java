package dev.evergate.telemetry;

import dev.evergate.core.telemetry.Event;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.logs.data.Body;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;

import org.jspecify.annotations.Nullable;

/** An event as OpenTelemetry's encoder reads it. Immutable. */
record LogLine(Event event, OtlpExporter.Origin origin) implements LogRecordData {
    private static final long NANOS_PER_MS = 1_000_000;

    @Override
    public long getTimestampEpochNanos() {
        return event.atMs() * NANOS_PER_MS;
    }

    @Override
    public long getObservedTimestampEpochNanos() {
        return event.atMs() * NANOS_PER_MS;
    }

    @Override
    public SpanContext getSpanContext() {
        return SpanContext.getInvalid();
    }

    @Override
    public Severity getSeverity() {
        return switch (event.level()) {
            case INFO -> Severity.INFO;
            case WARN -> Severity.WARN;
            case ERROR -> Severity.ERROR;
        };
    }

    @Override
    public String getSeverityText() {
        return event.level().name();
    }

    @Override
    @SuppressWarnings("deprecation") // the interface still asks for it
    public Body getBody() {
        return Body.string(event.text());
    }

    @Override
    public Value<?> getBodyValue() {
        return Value.of(event.text());
    }

    @Override
    public @Nullable String getEventName() {
        return event.name().isEmpty() ? null : event.name();
    }

    @Override
    public Attributes getAttributes() {
        return OtlpExporter.attributes(event.attributes());
    }

    @Override
    public int getTotalAttributeCount() {
        return event.attributes().size();
    }

    @Override
    public Resource getResource() {
        return origin.resource();
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return origin.scope();
    }
}
