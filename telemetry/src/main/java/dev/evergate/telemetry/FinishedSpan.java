package dev.evergate.telemetry;

import dev.evergate.core.telemetry.Span;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;

import java.util.ArrayList;
import java.util.List;

/** A span as OpenTelemetry's encoder reads it. Immutable. */
record FinishedSpan(Span span, OtlpExporter.Origin origin, SpanContext own, SpanContext parent)
        implements SpanData {
    private static final long NANOS_PER_MS = 1_000_000;

    /** Every span with its parts; each root begins a trace. */
    static List<SpanData> all(List<Span> roots, OtlpExporter.Origin origin) {
        List<SpanData> all = new ArrayList<>();
        IdGenerator ids = IdGenerator.random();
        for (Span root : roots) {
            add(root, SpanContext.getInvalid(), ids.generateTraceId(), origin, all);
        }
        return all;
    }

    private static void add(
            Span span,
            SpanContext parent,
            String trace,
            OtlpExporter.Origin origin,
            List<SpanData> all) {
        SpanContext own =
                SpanContext.create(
                        trace,
                        IdGenerator.random().generateSpanId(),
                        TraceFlags.getSampled(),
                        TraceState.getDefault());
        all.add(new FinishedSpan(span, origin, own, parent));
        span.parts().forEach(part -> add(part, own, trace, origin, all));
    }

    @Override
    public String getName() {
        return span.name();
    }

    @Override
    public SpanKind getKind() {
        return SpanKind.INTERNAL;
    }

    @Override
    public SpanContext getSpanContext() {
        return own;
    }

    @Override
    public SpanContext getParentSpanContext() {
        return parent;
    }

    @Override
    public StatusData getStatus() {
        return span.failure().isEmpty()
                ? StatusData.ok()
                : StatusData.create(io.opentelemetry.api.trace.StatusCode.ERROR, span.failure());
    }

    @Override
    public long getStartEpochNanos() {
        return span.startAtMs() * NANOS_PER_MS;
    }

    @Override
    public long getEndEpochNanos() {
        return (span.startAtMs() + span.tookMs()) * NANOS_PER_MS;
    }

    @Override
    public Attributes getAttributes() {
        return OtlpExporter.attributes(span.attributes());
    }

    @Override
    public List<EventData> getEvents() {
        return List.of();
    }

    @Override
    public List<LinkData> getLinks() {
        return List.of();
    }

    @Override
    public boolean hasEnded() {
        return true;
    }

    @Override
    public int getTotalRecordedEvents() {
        return 0;
    }

    @Override
    public int getTotalRecordedLinks() {
        return 0;
    }

    @Override
    public int getTotalAttributeCount() {
        return span.attributes().size();
    }

    @Override
    @SuppressWarnings("deprecation") // the interface still asks for it
    public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
        return InstrumentationLibraryInfo.create(origin.scope().getName(), null);
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return origin.scope();
    }

    @Override
    public Resource getResource() {
        return origin.resource();
    }
}
