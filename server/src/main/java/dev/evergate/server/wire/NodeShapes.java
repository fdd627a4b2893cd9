package dev.evergate.server.wire;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.journal.Node.Wish;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How nodes look on the wire (protocol v4 "Devices and nodes"). Stateless. */
public final class NodeShapes {
    /** What runs programs of the node's machine is for admins to allow. */
    private static final Set<String> OF_ADMINS =
            Set.of(
                    "system.run",
                    "system.run.prepare",
                    "system.which",
                    "system.execApprovals.get",
                    "system.execApprovals.set");

    private NodeShapes() {}

    /** The scopes that somebody needs to allow this. */
    public static List<String> scopesToAllow(Offer offer) {
        if (offer.commands().stream().anyMatch(OF_ADMINS::contains)) {
            return List.of("operator.pairing", "operator.admin");
        }
        return offer.commands().isEmpty()
                ? List.of("operator.pairing")
                : List.of("operator.pairing", "operator.write");
    }

    /** What a node wants to be allowed to be asked for. */
    public static void request(JsonGenerator out, Device device) {
        Node node = device.node().orElse(Node.NEW);
        Wish wish = node.wish().orElseThrow();
        out.writeStartObject();
        out.writeStringProperty("requestId", wish.id());
        about(out, device, node);
        offer(out, wish.offer());
        DeviceShapes.texts(out, "requiredApproveScopes", scopesToAllow(wish.offer()));
        out.writeBooleanProperty(
                "silent",
                device.approval().filter(a -> a.via().equals(Approval.SILENT)).isPresent());
        out.writeNumberProperty("ts", wish.askedAtMs());
        out.writeEndObject();
    }

    /** What a node has been allowed to be asked for. */
    public static void paired(JsonGenerator out, Device device) {
        Node node = device.node().orElse(Node.NEW);
        out.writeStartObject();
        about(out, device, node);
        offer(out, node.allowed());
        device.approval().ifPresent(a -> out.writeNumberProperty("createdAtMs", a.createdAtMs()));
        out.writeNumberProperty("approvedAtMs", node.allowedAtMs());
        out.writeNumberProperty("lastConnectedAtMs", node.connectedAtMs());
        out.writeEndObject();
    }

    /** What became of an offer. */
    public static void resolved(JsonGenerator out, DeviceEvent.OfferResolved resolved) {
        out.writeStartObject();
        out.writeStringProperty("requestId", resolved.requestId());
        out.writeStringProperty("nodeId", resolved.deviceId());
        out.writeStringProperty("decision", resolved.verdict().name().toLowerCase(Locale.ROOT));
        out.writeNumberProperty("ts", resolved.atMs());
        out.writeEndObject();
    }

    /** Properties that say which node it is. */
    public static void about(JsonGenerator out, Device device, Node node) {
        Looks looks =
                device.approval().map(Approval::looks).orElse(new Looks("", "", "", "", "", ""));
        out.writeStringProperty("nodeId", device.id());
        String name = device.label().isEmpty() ? looks.displayName() : device.label();
        DeviceShapes.text(out, "displayName", name);
        DeviceShapes.text(out, "platform", looks.platform());
        DeviceShapes.text(out, "version", node.version());
        DeviceShapes.text(out, "clientId", looks.clientId());
        DeviceShapes.text(out, "clientMode", looks.clientMode());
        DeviceShapes.text(out, "deviceFamily", looks.family());
        DeviceShapes.text(out, "remoteIp", looks.remoteIp());
    }

    /** Properties with what can be asked of it. */
    public static void offer(JsonGenerator out, Offer offer) {
        DeviceShapes.texts(out, "caps", offer.caps());
        DeviceShapes.texts(out, "commands", offer.commands());
    }
}
