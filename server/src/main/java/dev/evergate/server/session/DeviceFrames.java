package dev.evergate.server.session;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.DeviceShapes;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.NodeShapes;

import java.util.Optional;

/** Turns what happens to devices into event frames (protocol v4 "Devices and nodes"). Stateless. */
final class DeviceFrames {
    private final Json json;

    DeviceFrames(Json json) {
        this.json = json;
    }

    Broadcast of(DeviceEvent event) {
        return switch (event) {
            case DeviceEvent.Requested(var device) ->
                    event("device.pair.requested", out -> DeviceShapes.request(out, device))
                            .about(device.id());
            case DeviceEvent.Resolved resolved ->
                    event("device.pair.resolved", out -> DeviceShapes.resolved(out, resolved))
                            .about(resolved.deviceId());
            case DeviceEvent.Withdrawn(var deviceId, var role, var reason) ->
                    Broadcast.dismissal(deviceId, role, reason);
            case DeviceEvent.OfferRequested(var device) ->
                    event("node.pair.requested", out -> NodeShapes.request(out, device))
                            .about(device.id());
            case DeviceEvent.OfferResolved resolved ->
                    event("node.pair.resolved", out -> NodeShapes.resolved(out, resolved))
                            .about(resolved.deviceId())
                            .forNode(resolved.deviceId());
        };
    }

    private Broadcast event(String name, Json.Body payload) {
        byte[] head = Frames.eventHead(json, name, payload, Optional.empty());
        return new Broadcast(head, Optional.of(Scope.PAIRING), false);
    }
}
