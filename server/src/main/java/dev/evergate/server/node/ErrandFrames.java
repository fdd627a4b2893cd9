package dev.evergate.server.node;

import dev.evergate.server.node.Errand.Request;

import tools.jackson.core.JsonGenerator;

/** What a node is told about an errand (protocol v4 "Devices and nodes"). Stateless. */
final class ErrandFrames {
    private ErrandFrames() {}

    static void request(JsonGenerator out, Errand errand) {
        Request request = errand.request;
        out.writeStartObject();
        out.writeStringProperty("id", errand.id);
        out.writeStringProperty("nodeId", request.nodeId());
        out.writeStringProperty("command", request.command());
        if (!request.params().isEmpty()) {
            out.writeStringProperty("paramsJSON", request.params());
        }
        out.writeNumberProperty("timeoutMs", request.timeoutMs());
        out.writeStringProperty("idempotencyKey", request.key());
        if (!request.sessionKey().isEmpty()) {
            out.writeStringProperty("sessionKey", request.sessionKey());
        }
        out.writeEndObject();
    }

    static void cancel(JsonGenerator out, Errand errand) {
        out.writeStartObject();
        out.writeStringProperty("invokeId", errand.id);
        out.writeStringProperty("nodeId", errand.request.nodeId());
        out.writeEndObject();
    }
}
