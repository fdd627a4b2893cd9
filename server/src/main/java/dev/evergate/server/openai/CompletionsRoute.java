package dev.evergate.server.openai;

import dev.evergate.server.access.Scope;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.wire.JsonText;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.util.Optional;

/** {@code POST /v1/chat/completions}: asks an agent. */
public final class CompletionsRoute implements Route {
    private static final String PATH = "/v1/chat/completions";
    private static final int BODY_BYTES_MAX = 20 * 1024 * 1024;

    private final Services services;
    private final Gatekeeper keeper;

    public CompletionsRoute(Services services, Gatekeeper keeper) {
        this.services = services;
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
        Optional<HttpAnswer> refusal = keeper.refusal(head, Scope.WRITE);
        if (refusal.isEmpty()
                && !head.gateway().config().gateway().http().servesChatCompletions()) {
            refusal = Optional.of(off());
        }
        return Optional.of(
                refusal.<Admission>map(Admission.Answered::new)
                        .orElseGet(() -> new Admission.Admitted(BODY_BYTES_MAX, this::complete)));
    }

    /** What whoever may know is told of a part that is switched off. */
    static HttpAnswer off() {
        return HttpAnswer.error(
                "404 Not Found",
                "not_found",
                "Chat completions are off. To switch them on: evergate config set"
                        + " gateway.http.endpoints.chatCompletions.enabled true");
    }

    private void complete(HttpCall call) {
        JsonNode body;
        try {
            body = services.json().parse(JsonText.of(call.body()));
        } catch (JacksonException malformed) {
            call.answer(
                    HttpAnswer.invalid("The body is not JSON: " + malformed.getOriginalMessage()));
            return;
        }
        Question question =
                Question.read(
                        Question.Api.COMPLETIONS,
                        body,
                        call.head(),
                        services.world().ids(),
                        Optional.empty());
        var form =
                new CompletionShapes(
                        services.json(),
                        question.runId(),
                        question.model(),
                        services.world().time().wallMillis() / 1000,
                        question.wantsUsage());
        boolean isOwner = keeper.holds(call.head(), Scope.ADMIN);
        new Completion(services, call, question, form).begin(isOwner);
    }
}
