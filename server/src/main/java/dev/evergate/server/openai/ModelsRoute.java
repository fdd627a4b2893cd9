package dev.evergate.server.openai;

import dev.evergate.server.access.Scope;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.wire.Json;

import io.netty.handler.codec.http.QueryStringDecoder;

import tools.jackson.core.JsonGenerator;

import java.util.Optional;

/** {@code GET /v1/models} and {@code /v1/models/{id}}: the agents. */
public final class ModelsRoute implements Route {
    private static final String PATH = "/v1/models";

    private static final HttpAnswer OFF =
            Entrance.off("Models (and chat completions)", "chatCompletions");

    private final Json json;
    private final Gatekeeper keeper;

    public ModelsRoute(Json json, Gatekeeper keeper) {
        this.json = json;
        this.keeper = keeper;
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        boolean isOurs = head.path().equals(PATH) || head.path().startsWith(PATH + "/");
        return isOurs ? Optional.of(new Admission.Answered(answer(head))) : Optional.empty();
    }

    private HttpAnswer answer(HttpHead head) {
        if (!head.isGetOrHead()) {
            return HttpAnswer.unfitMethod("GET, HEAD");
        }
        Optional<HttpAnswer> refusal = keeper.refusal(head, Scope.READ);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!head.gateway().config().gateway().http().servesModels()) {
            return OFF;
        }
        var models = new AgentModels(head.gateway().config().agents());
        if (head.path().equals(PATH)) {
            return json(out -> list(out, models));
        }
        String id = decoded(head.path().substring(PATH.length() + 1));
        return models.find(id)
                .map(model -> json(out -> model(out, model)))
                .orElseGet(
                        () ->
                                HttpAnswer.error(
                                        "404 Not Found",
                                        "invalid_request_error",
                                        "Model '%s' not found. GET %s lists what there is."
                                                .formatted(id, PATH)));
    }

    private static String decoded(String text) {
        try {
            return QueryStringDecoder.decodeComponent(text.replace("+", "%2B"));
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }

    private HttpAnswer json(Json.Body body) {
        return HttpAnswer.json("200 OK", json.encode(body));
    }

    private static void list(JsonGenerator out, AgentModels models) {
        out.writeStartObject();
        out.writeStringProperty("object", "list");
        out.writeArrayPropertyStart("data");
        models.all().forEach(model -> model(out, model));
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void model(JsonGenerator out, AgentModels.Model model) {
        out.writeStartObject();
        out.writeStringProperty("id", model.id());
        out.writeStringProperty("object", "model");
        out.writeNumberProperty("created", 0);
        out.writeStringProperty("owned_by", model.owner());
        out.writeArrayPropertyStart("permission");
        out.writeEndArray();
        out.writeEndObject();
    }
}
