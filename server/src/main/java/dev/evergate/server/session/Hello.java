package dev.evergate.server.session;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.device.Admission;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.server.access.AccessPolicy.Decision;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.rpc.HealthBoard;
import dev.evergate.server.rpc.PresenceBoard;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.spi.Identity;
import dev.evergate.server.wire.Enclosures;
import dev.evergate.server.wire.Frames.StateVersion;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes {@code hello-ok}: exactly what this release implements, and nothing else. Stateless. */
final class Hello {
    private static final int PROTOCOL = 4;

    private Hello() {}

    static byte[] encode(Hall hall, String connectionId, Decision.Granted granted) {
        return hall.services().json().encode(out -> write(out, hall, connectionId, granted));
    }

    private static void write(
            JsonGenerator out, Hall hall, String connectionId, Decision.Granted granted) {
        Grant grant = granted.grant();
        Services services = hall.services();
        Identity identity = services.identity();
        out.writeStartObject();
        out.writeStringProperty("type", "hello-ok");
        out.writeNumberProperty("protocol", PROTOCOL);
        out.writeObjectPropertyStart("server");
        out.writeStringProperty("version", identity.version());
        out.writeStringProperty("connId", connectionId);
        out.writeStringProperty("bootId", identity.instance() + "-" + identity.generation());
        // Else a control UI takes our version for its own next one, and loads itself anew.
        out.writeStringProperty("controlUiBuildSource", "configured");
        out.writeEndObject();
        out.writeObjectPropertyStart("features");
        texts(out, "methods", hall.methods().names());
        texts(out, "events", EventFrames.NAMES);
        out.writeEndObject();
        snapshot(out, services, grant);
        out.writeObjectPropertyStart("auth");
        out.writeStringProperty("method", grant.method());
        out.writeStringProperty("role", grant.role());
        texts(out, "scopes", grant.scopes());
        granted.issued()
                .ifPresent(
                        issued -> {
                            out.writeStringProperty("deviceToken", issued.token().reveal());
                            out.writeNumberProperty("issuedAtMs", issued.atMs());
                            others(out, issued.others());
                        });
        out.writeEndObject();
        out.writeObjectPropertyStart("policy");
        out.writeNumberProperty("maxPayload", Limits.FRAME_BYTES);
        out.writeNumberProperty("maxBufferedBytes", Limits.BUFFERED_BYTES);
        out.writeNumberProperty("tickIntervalMs", Limits.TICK_MS);
        out.writeObjectPropertyStart("attachments");
        out.writeNumberProperty("maxBytes", Enclosures.BYTES_MAX);
        out.writeNumberProperty("maxImageBytes", Enclosures.IMAGE_BYTES_MAX);
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }

    /** Tokens for other roles than the one a device has come in. */
    private static void others(JsonGenerator out, List<Admission.Handed> others) {
        if (others.isEmpty()) {
            return;
        }
        out.writeArrayPropertyStart("deviceTokens");
        for (Admission.Handed other : others) {
            out.writeStartObject();
            out.writeStringProperty("deviceToken", other.token().reveal());
            out.writeStringProperty("role", other.role());
            texts(out, "scopes", other.scopes());
            out.writeNumberProperty("issuedAtMs", other.issuedAtMs());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void snapshot(JsonGenerator out, Services services, Grant grant) {
        PresenceBoard presence = services.boards().presence();
        HealthBoard.Snapshot health = services.boards().health().current();
        Readiness readiness = services.readiness().get();
        ConfigSnapshot config = services.gateway().config();
        long uptimeNanos = services.world().time().nanos() - readiness.startedAtNanos();
        out.writeObjectPropertyStart("snapshot");
        out.writeName("presence");
        if (grant.allows(Scope.READ)) {
            presence.write(out);
        } else {
            out.writeStartArray();
            out.writeEndArray();
        }
        out.writeName("health");
        out.writeRawValue(new String(health.payload(), StandardCharsets.UTF_8));
        new StateVersion(presence.version(), health.version()).write(out);
        out.writeNumberProperty("uptimeMs", Math.max(0, uptimeNanos / 1_000_000));
        out.writeStringProperty("appliedConfigHash", config.hash());
        out.writeObjectPropertyStart("suspension");
        out.writeStringProperty("phase", services.boards().suspension().phase().wireName());
        out.writeEndObject();
        sessionDefaults(out, config.agents());
        out.writeEndObject();
    }

    private static void sessionDefaults(JsonGenerator out, ConfigSnapshot.Agents agents) {
        out.writeObjectPropertyStart("sessionDefaults");
        out.writeStringProperty("defaultAgentId", agents.defaultId());
        out.writeBooleanProperty("modelConfigured", agents.primary().isPresent());
        out.writeStringProperty("ownership", "sole");
        out.writeBooleanProperty("selectionRequired", false);
        out.writeStringProperty("mainKey", "main");
        out.writeStringProperty("mainSessionKey", "agent:" + agents.defaultId() + ":main");
        out.writeStringProperty("scope", "per-sender");
        out.writeEndObject();
    }

    private static void texts(JsonGenerator out, String name, List<String> texts) {
        out.writeArrayPropertyStart(name);
        texts.forEach(out::writeString);
        out.writeEndArray();
    }
}
