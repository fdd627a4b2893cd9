package dev.evergate.server.openai;

import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where requests come in that cost an answer of a model. Immutable.
 *
 * @param bodyBytesMax longest request
 */
record Entrance(Json json, Gatekeeper keeper, String path, int bodyBytesMax) {
    /** Names another model than the agent's own, for one request. */
    private static final String MODEL = "model";

    /**
     * What becomes of a request; empty if it wants something else.
     *
     * @param off what whoever may know is told if this part is switched off
     */
    Optional<Admission> admit(HttpHead head, Optional<HttpAnswer> off, Consumer<HttpCall> work) {
        if (!head.path().equals(path)) {
            return Optional.empty();
        }
        if (!head.isPost()) {
            return Optional.of(new Admission.Answered(HttpAnswer.unfitMethod("POST")));
        }
        // Another model costs what its owner has not agreed to.
        Optional<HttpAnswer> refusal =
                keeper.refusal(head, Scope.WRITE)
                        .or(() -> off)
                        .or(
                                () ->
                                        head.either(MODEL)
                                                .flatMap(_ -> keeper.missing(head, Scope.ADMIN)));
        return Optional.of(
                refusal.<Admission>map(Admission.Answered::new)
                        .orElseGet(
                                () -> keeper.admitted(head, bodyBytesMax, Auditing.COUNTED, work)));
    }

    /** What whoever may know is told of a part that is switched off. */
    static HttpAnswer off(String part, String key) {
        return HttpAnswer.error(
                "404 Not Found",
                "not_found",
                "%s are off. To switch them on: evergate config set gateway.http.endpoints.%s.enabled true"
                        .formatted(part, key));
    }

    /**
     * The body of a request.
     *
     * @throws EvergateException INVALID_REQUEST if it is not JSON
     */
    JsonNode body(HttpCall call) {
        try {
            return json.parse(JsonText.of(call.body()));
        } catch (JacksonException malformed) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "The body is not JSON: " + malformed.getOriginalMessage());
        }
    }

    /**
     * The model that the caller names for this request; empty if it leaves that to us.
     *
     * @param usual whose provider is meant if only a model's own name is given
     * @throws EvergateException INVALID_REQUEST if nobody knows which provider is meant
     */
    static Optional<ModelRef> model(HttpHead head, Optional<ModelRef> usual) {
        return head.either(MODEL)
                .map(
                        name ->
                                ModelRef.parse(name)
                                        .or(
                                                () ->
                                                        usual.map(
                                                                ref ->
                                                                        new ModelRef(
                                                                                ref.provider(),
                                                                                name)))
                                        .orElseThrow(
                                                () ->
                                                        new EvergateException(
                                                                ErrorCode.INVALID_REQUEST,
                                                                "x-openclaw-model is \"%s\" (expected: provider/model)."
                                                                        .formatted(name))));
    }
}
