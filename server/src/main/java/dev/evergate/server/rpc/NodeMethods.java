package dev.evergate.server.rpc;

import dev.evergate.core.device.NodeOffers;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Wish;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.node.NodeBoard;
import dev.evergate.server.node.NodeBoard.Present;
import dev.evergate.server.wire.DeviceShapes;
import dev.evergate.server.wire.NodeShapes;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;

/**
 * {@code node.list}, {@code node.describe}, {@code node.rename} and {@code node.pair.*} (protocol
 * v4 "Devices and nodes"). What a caller may see and decide of devices, it may of nodes.
 */
final class NodeMethods {
    private static final int NAME_CHARS_MAX = 64;

    private final Pairing pairing;
    private final NodeOffers offers;
    private final Services services;

    NodeMethods(Services services) {
        this.services = services;
        this.pairing = services.gateway().pairing();
        this.offers = pairing.nodes();
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("node.list", Scope.READ, this::list),
                Method.blocking("node.describe", Scope.READ, this::describe),
                Method.blocking("node.rename", Scope.PAIRING, this::rename),
                Method.blocking("node.pair.list", Scope.PAIRING, this::listPairing)
                        .audited(Auditing.NEVER),
                Method.blocking("node.pair.approve", Scope.PAIRING, this::approve),
                Method.blocking("node.pair.reject", Scope.PAIRING, this::reject),
                Method.blocking("node.pair.remove", Scope.PAIRING, this::remove));
    }

    private void list(Call call) {
        List<Device> nodes = offers.list();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeNumberProperty("ts", services.nowMs());
                    out.writeArrayPropertyStart("nodes");
                    for (Device node : nodes) {
                        out.writeStartObject();
                        row(out, node);
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void describe(Call call) {
        Device node = node(call.params().text("nodeId"));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeNumberProperty("ts", services.nowMs());
                    row(out, node);
                    out.writeEndObject();
                });
    }

    private Device node(String nodeId) {
        return pairing.find(nodeId)
                .filter(device -> device.role(Node.ROLE).isPresent())
                .orElseThrow(NodeMethods::unknownNode);
    }

    private void row(JsonGenerator out, Device device) {
        NodeBoard board = services.boards().nodes();
        Optional<Present> present = board.present(device.id());
        Node node = device.node().orElse(Node.NEW);
        NodeShapes.about(out, device, node);
        NodeShapes.offer(
                out,
                present.map(here -> node.allowed().shared(here.offer())).orElse(node.allowed()));
        Optional<Wish> wish = node.wish();
        boolean isNew = node.allowedAtMs() == 0;
        String state = isNew ? "pending-approval" : "pending-reapproval";
        out.writeStringProperty("approvalState", wish.isPresent() ? state : "approved");
        wish.ifPresent(
                asked -> {
                    out.writeStringProperty("pendingRequestId", asked.id());
                    DeviceShapes.texts(out, "pendingDeclaredCaps", asked.offer().caps());
                    DeviceShapes.texts(out, "pendingDeclaredCommands", asked.offer().commands());
                });
        present.ifPresent(here -> out.writeNumberProperty("connectedAtMs", here.sinceMs()));
        out.writeNumberProperty("lastConnectedAtMs", node.connectedAtMs());
        Approval approval = device.approval().orElseThrow();
        out.writeNumberProperty(
                "lastSeenAtMs", Math.max(approval.lastSeenAtMs(), node.connectedAtMs()));
        out.writeNumberProperty("approvedAtMs", approval.approvedAtMs());
        out.writeBooleanProperty("paired", true);
        out.writeBooleanProperty("connected", present.isPresent());
    }

    private void rename(Call call) {
        String nodeId = call.params().text("nodeId");
        String name = call.params().text("displayName", NAME_CHARS_MAX).strip();
        if (name.isEmpty()) {
            throw new EvergateException(ErrorCode.INVALID_REQUEST, "displayName required");
        }
        if (!DeviceMethods.isOpenTo(call, nodeId)) {
            call.fail(DeviceMethods.denial("node rename denied"));
            return;
        }
        Device _ = node(nodeId);
        Device _ = pairing.rename(nodeId, name).orElseThrow(NodeMethods::unknownNode);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("nodeId", nodeId);
                    out.writeStringProperty("displayName", name);
                    out.writeEndObject();
                });
    }

    private void listPairing(Call call) {
        List<Device> visible =
                offers.list().stream()
                        .filter(device -> DeviceMethods.isOpenTo(call, device.id()))
                        .toList();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeArrayPropertyStart("pending");
                    visible.stream()
                            .filter(device -> device.node().flatMap(Node::wish).isPresent())
                            .forEach(device -> NodeShapes.request(out, device));
                    out.writeEndArray();
                    out.writeArrayPropertyStart("paired");
                    visible.stream()
                            .filter(d -> d.node().filter(n -> n.allowedAtMs() > 0).isPresent())
                            .forEach(device -> NodeShapes.paired(out, device));
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void approve(Call call) {
        String requestId = call.params().text("requestId");
        Device asking = offers.asking(requestId).orElseThrow(NodeMethods::unknownRequest);
        Wish wish = asking.node().flatMap(Node::wish).orElseThrow(NodeMethods::unknownRequest);
        Optional<WireError> denied =
                denied(call, "node pairing approval denied", asking.id())
                        .or(
                                () ->
                                        DeviceMethods.ofItself(
                                                call, "node pairing approval denied", asking.id()))
                        .or(
                                () ->
                                        DeviceMethods.beyond(
                                                call, NodeShapes.scopesToAllow(wish.offer())));
        if (denied.isPresent()) {
            call.fail(denied.get());
            return;
        }
        Device node = offers.approve(requestId).orElseThrow(NodeMethods::unknownRequest);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("requestId", requestId);
                    out.writeName("node");
                    NodeShapes.paired(out, node);
                    out.writeEndObject();
                });
    }

    private void reject(Call call) {
        String requestId = call.params().text("requestId");
        Device asking = offers.asking(requestId).orElseThrow(NodeMethods::unknownRequest);
        Optional<WireError> denied = denied(call, "node pairing rejection denied", asking.id());
        if (denied.isPresent()) {
            call.fail(denied.get());
            return;
        }
        Device node = offers.reject(requestId).orElseThrow(NodeMethods::unknownRequest);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("requestId", requestId);
                    out.writeStringProperty("nodeId", node.id());
                    out.writeEndObject();
                });
    }

    private void remove(Call call) {
        String nodeId = call.params().text("nodeId");
        Optional<WireError> denied = denied(call, "node pairing removal denied", nodeId);
        if (denied.isPresent()) {
            call.fail(denied.get());
            return;
        }
        Runnable answer =
                () ->
                        call.answer(
                                out -> {
                                    out.writeStartObject();
                                    out.writeStringProperty("nodeId", nodeId);
                                    out.writeEndObject();
                                });
        if (!pairing.revoke(nodeId, Grant.NODE, answer)) {
            throw unknownNode();
        }
    }

    /** A caller that came in with a device token decides about its own device alone. */
    private static Optional<WireError> denied(Call call, String message, String nodeId) {
        return DeviceMethods.isOpenTo(call, nodeId)
                ? Optional.empty()
                : Optional.of(DeviceMethods.denial(message));
    }

    private static EvergateException unknownNode() {
        return new EvergateException(
                ErrorCode.NOT_FOUND, "unknown nodeId (to see all: evergate nodes list)");
    }

    private static EvergateException unknownRequest() {
        return new EvergateException(ErrorCode.NOT_FOUND, "unknown requestId");
    }
}
