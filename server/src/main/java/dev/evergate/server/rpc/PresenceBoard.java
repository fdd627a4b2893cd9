package dev.evergate.server.rpc;

import dev.evergate.core.time.Time;
import dev.evergate.server.access.Grant;
import dev.evergate.server.spi.Identity;
import dev.evergate.server.transit.FrozenSession.Seat;

import tools.jackson.core.JsonGenerator;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is here: the gateway itself and the clients behind which a person or a node is. Thread-safe.
 */
public final class PresenceBoard {
    /** More than this nobody can look at; further ones are not listed. */
    private static final int SHOWN_MAX = 200;

    private final Identity identity;
    private final Time time;
    private final Map<String, Entry> clients = new LinkedHashMap<>();
    private final Set<String> away = new HashSet<>();
    private long version = 1;
    private long toldVersion = 1;

    /**
     * @param version that showed it first
     */
    private record Entry(Grant grant, long sinceMs, long version) {}

    public PresenceBoard(Identity identity, Time time) {
        this.identity = identity;
        this.time = time;
    }

    /** Rises with each change. */
    public synchronized long version() {
        return version;
    }

    /** Whether clients know the newest version. */
    public synchronized boolean isTold() {
        return toldVersion == version;
    }

    /** Clients have been told of that version. */
    public synchronized void told(long toldVersion) {
        this.toldVersion = toldVersion;
    }

    /** Notes a client that makes somebody present; others change nothing. */
    public synchronized void joined(String connectionId, Grant grant) {
        if (grant.client().isPresence() && clients.size() < SHOWN_MAX) {
            version++;
            clients.put(connectionId, new Entry(grant, time.wallMillis(), version));
        }
    }

    public synchronized void left(String connectionId) {
        away.remove(connectionId);
        if (clients.remove(connectionId) != null) {
            version++;
        }
    }

    /** The place of a client; empty if it has none. */
    public synchronized Optional<Seat> seat(String connectionId) {
        return Optional.ofNullable(clients.get(connectionId))
                .map(entry -> new Seat(entry.sinceMs, entry.version <= toldVersion));
    }

    /** Notes a client that another server has listed: no change, if its clients know that. */
    public synchronized void seated(String connectionId, Grant grant, Seat seat) {
        if (!seat.isTold()) {
            version++;
        }
        if (clients.size() < SHOWN_MAX) {
            long shownSince = seat.isTold() ? 0 : version;
            clients.put(connectionId, new Entry(grant, seat.sinceMs(), shownSince));
        }
    }

    /** A client is served by another server from now on: it is here as long as that lives. */
    public synchronized void moved(String connectionId) {
        if (clients.containsKey(connectionId)) {
            away.add(connectionId);
        }
    }

    /** Forgets the clients that have moved; {@code isChange} if they have not arrived. */
    public synchronized void forgetMoved(boolean isChange) {
        if (clients.keySet().removeAll(away) && isChange) {
            version++;
        }
        away.clear();
    }

    /** Never falls behind the numbers of another server. */
    public synchronized void continueFrom(long otherVersion, boolean isOtherTold) {
        boolean wasTold = isTold();
        version = Math.max(version, otherVersion);
        toldVersion = wasTold && isOtherTold ? version : version - 1;
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
        optional(out, "user", entry.grant.user());
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
