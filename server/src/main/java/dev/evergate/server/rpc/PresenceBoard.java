package dev.evergate.server.rpc;

import dev.evergate.core.time.Time;
import dev.evergate.server.access.Grant;
import dev.evergate.server.spi.Identity;

import tools.jackson.core.JsonGenerator;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who is here: the gateway itself and the clients behind which a person or a node is. Thread-safe.
 */
public final class PresenceBoard {
    /** More than this nobody can look at; further ones are not listed. */
    private static final int SHOWN_MAX = 200;

    private final Identity identity;
    private final Time time;
    private final Map<String, Entry> clients = new LinkedHashMap<>();
    private long version = 1;

    private record Entry(Grant grant, long sinceMs) {}

    public PresenceBoard(Identity identity, Time time) {
        this.identity = identity;
        this.time = time;
    }

    /** Rises with each change. */
    public synchronized long version() {
        return version;
    }

    /** Notes a client that makes somebody present; others change nothing. */
    public synchronized void joined(String connectionId, Grant grant) {
        if (grant.client().isPresence() && clients.size() < SHOWN_MAX) {
            clients.put(connectionId, new Entry(grant, time.wallMillis()));
            version++;
        }
    }

    public synchronized void left(String connectionId) {
        if (clients.remove(connectionId) != null) {
            version++;
        }
    }

    /** Writes the array of entries. */
    public void write(JsonGenerator out) {
        Map<String, Entry> shown;
        synchronized (this) {
            shown = new LinkedHashMap<>(clients);
        }
        long nowMs = time.wallMillis();
        out.writeStartArray();
        out.writeStartObject();
        out.writeStringProperty("host", identity.host());
        out.writeStringProperty("version", identity.version());
        out.writeStringProperty("mode", "gateway");
        out.writeStringProperty("reason", "self");
        out.writeStringProperty("instanceId", identity.instance());
        out.writeStringProperty(
                "text", "Gateway: " + identity.host() + " · evergate " + identity.version());
        out.writeNumberProperty("ts", nowMs);
        out.writeEndObject();
        shown.values().forEach(entry -> write(out, entry, nowMs));
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, Entry entry, long nowMs) {
        Grant.Client client = entry.grant.client();
        out.writeStartObject();
        out.writeStringProperty(
                "host", client.displayName().isEmpty() ? client.id() : client.displayName());
        out.writeStringProperty("version", client.version());
        out.writeStringProperty("platform", client.platform());
        optional(out, "deviceFamily", client.deviceFamily());
        out.writeStringProperty("mode", client.mode());
        out.writeStringProperty("reason", "connect");
        optional(out, "deviceId", client.deviceId());
        optional(out, "instanceId", client.instanceId());
        out.writeArrayPropertyStart("roles");
        out.writeString(entry.grant.role());
        out.writeEndArray();
        out.writeArrayPropertyStart("scopes");
        entry.grant.scopes().forEach(out::writeString);
        out.writeEndArray();
        out.writeNumberProperty("onlineSince", entry.sinceMs);
        out.writeStringProperty("text", client.id() + " · mode " + client.mode());
        out.writeNumberProperty("ts", nowMs);
        out.writeEndObject();
    }

    private static void optional(JsonGenerator out, String name, String value) {
        if (!value.isEmpty()) {
            out.writeStringProperty(name, value);
        }
    }
}
