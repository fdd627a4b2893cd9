package dev.evergate.server.wire;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Device.Role;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.stream.Stream;

/** How devices look on the wire (protocol v4 "Pairing flow"); never with a token. Stateless. */
public final class DeviceShapes {
    private DeviceShapes() {}

    /** What a device asks for. */
    public static void request(JsonGenerator out, Device device) {
        Request request = device.request().orElseThrow();
        out.writeStartObject();
        out.writeStringProperty("requestId", request.id());
        out.writeStringProperty("deviceId", device.id());
        out.writeStringProperty("publicKey", device.publicKey());
        looks(out, request.looks());
        out.writeStringProperty("role", request.role());
        List<Role> allowed = device.roles();
        texts(out, "roles", both(allowed.stream().map(Role::name), Stream.of(request.role())));
        texts(out, "scopes", both(scopes(allowed), request.scopes().stream()));
        out.writeBooleanProperty("silent", false);
        out.writeBooleanProperty("isRepair", device.approval().isPresent());
        out.writeNumberProperty("ts", request.askedAtMs());
        out.writeEndObject();
    }

    /** What a device has been allowed. */
    public static void paired(JsonGenerator out, Device device) {
        Approval approval = device.approval().orElseThrow();
        out.writeStartObject();
        out.writeStringProperty("deviceId", device.id());
        out.writeStringProperty("publicKey", device.publicKey());
        looks(out, approval.looks());
        text(out, "operatorLabel", device.label());
        if (!approval.roles().isEmpty()) {
            out.writeStringProperty("role", approval.roles().getLast().name());
        }
        texts(out, "roles", approval.roles().stream().map(Role::name).toList());
        texts(out, "scopes", scopes(approval.roles()).distinct().toList());
        out.writeStringProperty("approvedVia", approval.via());
        out.writeNumberProperty("createdAtMs", approval.createdAtMs());
        out.writeNumberProperty("approvedAtMs", approval.approvedAtMs());
        out.writeNumberProperty("lastSeenAtMs", approval.lastSeenAtMs());
        out.writeArrayPropertyStart("tokens");
        for (Role role : approval.roles()) {
            out.writeStartObject();
            out.writeStringProperty("role", role.name());
            texts(out, "scopes", role.scopes());
            out.writeNumberProperty("createdAtMs", role.issuedAtMs());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** What became of a request. */
    public static void resolved(JsonGenerator out, DeviceEvent.Resolved resolved) {
        out.writeStartObject();
        out.writeStringProperty("requestId", resolved.requestId());
        out.writeStringProperty("deviceId", resolved.deviceId());
        out.writeStringProperty("decision", resolved.isApproved() ? "approved" : "rejected");
        out.writeNumberProperty("ts", resolved.atMs());
        out.writeEndObject();
    }

    private static void looks(JsonGenerator out, Looks looks) {
        text(out, "displayName", looks.displayName());
        text(out, "platform", looks.platform());
        text(out, "deviceFamily", looks.family());
        text(out, "clientId", looks.clientId());
        text(out, "clientMode", looks.clientMode());
        text(out, "remoteIp", looks.remoteIp());
    }

    /** A property, unless it is empty. */
    static void text(JsonGenerator out, String name, String value) {
        if (!value.isEmpty()) {
            out.writeStringProperty(name, value);
        }
    }

    public static void texts(JsonGenerator out, String name, List<String> texts) {
        out.writeArrayPropertyStart(name);
        texts.forEach(out::writeString);
        out.writeEndArray();
    }

    private static Stream<String> scopes(List<Role> roles) {
        return roles.stream().flatMap(role -> role.scopes().stream());
    }

    private static List<String> both(Stream<String> some, Stream<String> others) {
        return Stream.concat(some, others).distinct().toList();
    }
}
