package dev.evergate.server.rpc;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.time.Time;
import dev.evergate.server.wire.Json;

import tools.jackson.core.JsonGenerator;

import java.util.List;

/**
 * The answer to {@code health}, computed now and then and read by everybody: asking never waits.
 * Thread-safe.
 */
public final class HealthBoard {
    private static final int RECENT_MAX = 5;

    private final Gateway gateway;
    private final Time time;
    private final Json json;
    private volatile Snapshot current;

    /** One answer. Immutable. */
    public static final class Snapshot {
        private final long version;
        private final byte[] payload;

        private Snapshot(long version, byte[] payload) {
            this.version = version;
            this.payload = payload;
        }

        /** Rises with each snapshot. */
        public long version() {
            return version;
        }

        /** The answer as JSON, shared: not to be changed. */
        public byte[] payload() {
            return payload;
        }
    }

    public HealthBoard(Gateway gateway, Time time, Json json) {
        this.gateway = gateway;
        this.time = time;
        this.json = json;
        this.current = new Snapshot(0, encode(new Sessions.Listing(List.of(), 0), 0));
    }

    public Snapshot current() {
        return current;
    }

    /** Computes a new snapshot. Blocks on the store; one caller at a time. */
    public synchronized Snapshot refresh() {
        long startNanos = time.nanos();
        Sessions.Listing recent = gateway.sessions(new Sessions.Query(RECENT_MAX, 0, "", ""));
        long tookMs = (time.nanos() - startNanos) / 1_000_000;
        Snapshot next = new Snapshot(current.version + 1, encode(recent, tookMs));
        current = next;
        return next;
    }

    /** Never falls behind the number of another server. */
    public synchronized void continueFrom(long version) {
        if (version > current.version) {
            current = new Snapshot(version, current.payload);
        }
    }

    private byte[] encode(Sessions.Listing recent, long tookMs) {
        long nowMs = time.wallMillis();
        String agentId = gateway.config().agents().defaultId();
        return json.encode(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeNumberProperty("ts", nowMs);
                    out.writeNumberProperty("durationMs", tookMs);
                    emptyObject(out, "channels");
                    emptyArray(out, "channelOrder");
                    emptyObject(out, "channelLabels");
                    out.writeNumberProperty("heartbeatSeconds", 0);
                    out.writeStringProperty("defaultAgentId", agentId);
                    out.writeArrayPropertyStart("agents");
                    out.writeStartObject();
                    out.writeStringProperty("agentId", agentId);
                    out.writeBooleanProperty("isDefault", true);
                    noHeartbeat(out);
                    sessions(out, recent, nowMs);
                    out.writeEndObject();
                    out.writeEndArray();
                    sessions(out, recent, nowMs);
                    out.writeEndObject();
                });
    }

    private static void noHeartbeat(JsonGenerator out) {
        out.writeObjectPropertyStart("heartbeat");
        out.writeBooleanProperty("enabled", false);
        out.writeStringProperty("every", "off");
        out.writeNullProperty("everyMs");
        out.writeStringProperty("prompt", "");
        out.writeStringProperty("target", "none");
        out.writeNumberProperty("ackMaxChars", 0);
        out.writeEndObject();
    }

    private static void sessions(JsonGenerator out, Sessions.Listing recent, long nowMs) {
        out.writeObjectPropertyStart("sessions");
        out.writeStringProperty("path", "journal");
        out.writeNumberProperty("count", recent.total());
        out.writeArrayPropertyStart("recent");
        for (Session session : recent.sessions()) {
            out.writeStartObject();
            out.writeStringProperty("key", session.key());
            out.writeNumberProperty("updatedAt", session.updatedAtMs());
            out.writeNumberProperty("age", Math.max(0, nowMs - session.updatedAtMs()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void emptyObject(JsonGenerator out, String name) {
        out.writeObjectPropertyStart(name);
        out.writeEndObject();
    }

    private static void emptyArray(JsonGenerator out, String name) {
        out.writeArrayPropertyStart(name);
        out.writeEndArray();
    }
}
