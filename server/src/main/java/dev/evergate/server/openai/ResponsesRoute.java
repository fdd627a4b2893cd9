package dev.evergate.server.openai;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.server.access.Scope;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.fetch.Fetcher;
import dev.evergate.server.rpc.Services;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code POST /v1/responses}: asks an agent, in the newer words of OpenAI's API. */
public final class ResponsesRoute implements Route {
    private static final String PATH = "/v1/responses";
    private static final int BODY_BYTES_MAX = 20 * 1024 * 1024;

    /** How long an answer that is named as the one before may take to end. */
    private static final long PREVIOUS_MS = 5_000;

    private static final HttpAnswer OFF = Entrance.off("Responses", "responses");

    private final Services services;
    private final Gatekeeper keeper;
    private final Entrance entrance;
    private final Fetcher fetcher;

    public ResponsesRoute(Services services, Gatekeeper keeper, Fetcher fetcher) {
        this.services = services;
        this.keeper = keeper;
        this.fetcher = fetcher;
        this.entrance = new Entrance(services.json(), keeper, PATH, BODY_BYTES_MAX);
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        boolean isOn = head.gateway().config().gateway().http().servesResponses();
        return entrance.admit(head, isOn ? Optional.empty() : Optional.of(OFF), this::respond);
    }

    private Pictures pictures(HttpHead head) {
        var terms = head.gateway().config().gateway().http().responsePictures();
        return new Pictures(fetcher, terms, "gateway.http.endpoints.responses.images");
    }

    private void respond(HttpCall call) {
        var request = new ResponseRequest(entrance.body(call));
        HttpHead head = call.head();
        Optional<String> continued = request.previous().map(id -> session(head.gateway(), id));
        Question question =
                Question.read(
                        Question.Api.RESPONSES,
                        request.asChat(),
                        head,
                        services.world().ids(),
                        continued,
                        pictures(head));
        var form =
                new ResponseShapes(
                        services.json(),
                        question.runId(),
                        question.model(),
                        services.world().time().wallMillis() / 1000,
                        request.echo());
        boolean isOwner = keeper.holds(head, Scope.ADMIN);
        new Completion(services, call, question, form).begin(isOwner);
    }

    /**
     * The conversation of an earlier answer. The journal knows it, so it is found after a restart,
     * too.
     *
     * @throws EvergateException INVALID_REQUEST if there is no such answer, or not yet
     */
    private static String session(Gateway gateway, String responseId) {
        if (!responseId.startsWith(Question.Api.RESPONSES.run())) {
            throw unknown(responseId);
        }
        try {
            return gateway.end(responseId)
                    .toCompletableFuture()
                    .get(PREVIOUS_MS, TimeUnit.MILLISECONDS)
                    .map(RunEnd::sessionKey)
                    .orElseThrow(() -> unknown(responseId));
        } catch (TimeoutException _) {
            throw ResponseRequest.invalid(
                    "`previous_response_id` \"%s\" is not answered yet (expected: one that is)."
                            .formatted(responseId));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw restarting();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EvergateException known ? known : restarting();
        }
    }

    private static EvergateException unknown(String responseId) {
        return ResponseRequest.invalid(
                "Previous response with id '%s' not found.".formatted(responseId));
    }

    private static EvergateException restarting() {
        return new EvergateException(
                ErrorCode.UNAVAILABLE, "gateway restarting; ask again in a moment");
    }
}
