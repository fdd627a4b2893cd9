package dev.evergate.server.tools;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** What a tool has to say. Immutable as long as nobody changes its details. */
public record ToolResult(JsonNode details) {
    /** As text for models, and as it is for programs. */
    public void write(JsonGenerator out) {
        out.writeStartObject();
        out.writeArrayPropertyStart("content");
        out.writeStartObject();
        out.writeStringProperty("type", "text");
        out.writeStringProperty("text", details.toPrettyString());
        out.writeEndObject();
        out.writeEndArray();
        out.writeName("details");
        out.writeTree(details);
        out.writeEndObject();
    }
}
