package dev.evergate.server.openai;

import dev.evergate.server.access.Scope;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.fetch.Fetcher;
import dev.evergate.server.rpc.Services;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/** {@code POST /v1/chat/completions}: asks an agent. */
public final class CompletionsRoute implements Route {
    private static final String PATH = "/v1/chat/completions";
    private static final int BODY_BYTES_MAX = 20 * 1024 * 1024;

    private static final HttpAnswer OFF = Entrance.off("Chat completions", "chatCompletions");

    private final Services services;
    private final Gatekeeper keeper;
    private final Entrance entrance;
    private final Fetcher fetcher;

    public CompletionsRoute(Services services, Gatekeeper keeper, Fetcher fetcher) {
        this.services = services;
        this.keeper = keeper;
        this.fetcher = fetcher;
        this.entrance = new Entrance(services.json(), keeper, PATH, BODY_BYTES_MAX);
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        boolean isOn = head.gateway().config().gateway().http().servesChatCompletions();
        return entrance.admit(head, isOn ? Optional.empty() : Optional.of(OFF), this::complete);
    }

    private Pictures pictures(HttpHead head) {
        var terms = head.gateway().config().gateway().http().completionPictures();
        return new Pictures(fetcher, terms, "gateway.http.endpoints.chatCompletions.images");
    }

    private void complete(HttpCall call) {
        JsonNode body = entrance.body(call);
        Question question =
                Question.read(
                        Question.Api.COMPLETIONS,
                        body,
                        call.head(),
                        services.world().ids(),
                        Optional.empty(),
                        pictures(call.head()));
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
