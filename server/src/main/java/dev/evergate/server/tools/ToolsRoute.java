package dev.evergate.server.tools;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.access.Scope;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.util.Optional;

/** {@code POST /tools/invoke}: uses one tool, as an agent would. */
public final class ToolsRoute implements Route {
    private static final String PATH = "/tools/invoke";
    private static final int BODY_BYTES_MAX = 2 * 1024 * 1024;

    private final Json json;
    private final Gatekeeper keeper;

    public ToolsRoute(Json json, Gatekeeper keeper) {
        this.json = json;
        this.keeper = keeper;
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        if (!head.path().equals(PATH)) {
            return Optional.empty();
        }
        if (!head.isPost()) {
            return Optional.of(new Admission.Answered(HttpAnswer.unfitMethod("POST")));
        }
        return Optional.of(
                keeper.refusal(head, Scope.WRITE)
                        .<Admission>map(Admission.Answered::new)
                        .orElseGet(() -> new Admission.Admitted(BODY_BYTES_MAX, this::invoke)));
    }

    private void invoke(HttpCall call) {
        JsonNode body;
        try {
            body = json.parse(JsonText.of(call.body()));
        } catch (JacksonException malformed) {
            call.answer(fault("400 Bad Request", "invalid_request", "The body is not JSON."));
            return;
        }
        String name = body.path("tool").asString(body.path("name").asString("")).strip();
        if (name.isEmpty()) {
            call.answer(
                    fault("400 Bad Request", "invalid_request", "tools.invoke requires `tool`"));
            return;
        }
        Optional<ReadingTools.Tool> tool = new ReadingTools(call.head().gateway()).find(name);
        if (tool.isEmpty()) {
            call.answer(fault("404 Not Found", "not_found", "Tool not available: " + name));
            return;
        }
        try {
            call.answer(result(tool.get().use(body.path("args"))));
        } catch (EvergateException e) {
            HttpAnswer known = HttpAnswer.of(e);
            call.answer(fault(known.status(), "tool_error", String.valueOf(e.getMessage())));
        }
    }

    private HttpAnswer result(JsonNode details) {
        return HttpAnswer.json(
                "200 OK",
                json.encode(
                        out -> {
                            out.writeStartObject();
                            out.writeBooleanProperty("ok", true);
                            out.writeObjectPropertyStart("result");
                            out.writeArrayPropertyStart("content");
                            out.writeStartObject();
                            out.writeStringProperty("type", "text");
                            out.writeStringProperty("text", details.toPrettyString());
                            out.writeEndObject();
                            out.writeEndArray();
                            out.writeName("details");
                            out.writeTree(details);
                            out.writeEndObject();
                            out.writeEndObject();
                        }));
    }

    private HttpAnswer fault(String status, String type, String message) {
        return HttpAnswer.json(
                status,
                json.encode(
                        out -> {
                            out.writeStartObject();
                            out.writeBooleanProperty("ok", false);
                            out.writeObjectPropertyStart("error");
                            out.writeStringProperty("type", type);
                            out.writeStringProperty("message", message);
                            out.writeEndObject();
                            out.writeEndObject();
                        }));
    }
}
