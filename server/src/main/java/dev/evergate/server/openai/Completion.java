package dev.evergate.server.openai;

import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.rpc.Services;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * One question on its way: it becomes a message of a conversation, accepted like any other, and the
 * end of its run becomes the answer. Thread-safe.
 */
final class Completion {
    private static final Logger log = LoggerFactory.getLogger(Completion.class);
    private static final String SENDER = "http";

    /** How often the journal is asked for the end of a run that another generation has taken on. */
    private static final long ELSEWHERE_MS = 250;

    /** The libraries of OpenAI would ask again by themselves: a failed run is not to run thrice. */
    private static final String NO_RETRY = "x-should-retry: false";

    private final Services services;
    private final Gateway gateway;
    private final HttpCall call;
    private final Question question;
    private final AnswerForm form;

    /**
     * @param form how the answer is told
     */
    Completion(Services services, HttpCall call, Question question, AnswerForm form) {
        this.services = services;
        this.gateway = call.head().gateway();
        this.call = call;
        this.question = question;
        this.form = form;
    }

    /**
     * Asks. Blocks until the question is accepted.
     *
     * @throws EvergateException if it is not
     */
    void begin(boolean isOwner) {
        if (call.isOver()) {
            return; // it left, or was told to ask again
        }
        if (question.isStreamed()) {
            stream(isOwner);
        } else {
            send(isOwner);
            await(
                    end -> call.answer(answer(end)),
                    lost -> call.answer(failed(CompletionShapes.FAILED, lost)));
        }
    }

    private void stream(boolean isOwner) {
        AnswerStream stream = form.stream();
        // Before it is sent, or its first words could be missed.
        EventFeed.Subscription said = gateway.events().subscribe(event -> hear(event, stream));
        try {
            send(isOwner);
        } catch (RuntimeException refused) {
            said.close();
            throw refused;
        }
        stream.begin(call.stream(stream));
        call.whenGone(said::close);
        await(
                end -> {
                    said.close();
                    stream.end(end);
                },
                lost -> {
                    said.close();
                    stream.fail(lost);
                });
    }

    private void hear(GatewayEvent event, AnswerStream stream) {
        if (event instanceof GatewayEvent.RunText said
                && said.run().runId().equals(question.runId())) {
            stream.say(said.text(), said.replace());
        }
    }

    private void send(boolean isOwner) {
        String channel = call.head().either("message-channel").orElse(SENDER);
        String model =
                Entrance.model(call.head(), gateway.config().agents().primary())
                        .map(ModelRef::toString)
                        .orElse("");
        Gateway.Sent _ =
                gateway.send(
                        new Gateway.Message(
                                question.sessionKey(),
                                question.conversation().asked(),
                                question.conversation().attachments(),
                                question.runId(),
                                new Gateway.Sender(channel, isOwner),
                                question.options(model)));
        if (!question.isKeyed()) {
            call.whenGone(this::cancel); // whoever gave a key can come back for the answer
        }
    }

    private void cancel() {
        try {
            var _ = gateway.abort(question.sessionKey(), Optional.of(question.runId()));
        } catch (EvergateException e) {
            log.info("Run {} goes on unheard: {}", question.runId(), e.getMessage());
        }
    }

    private void await(Consumer<RunEnd> ended, Consumer<String> lost) {
        var _ =
                gateway.end(question.runId())
                        .whenComplete(
                                (end, fault) -> {
                                    if (fault == null && end.isPresent()) {
                                        ended.accept(end.get());
                                    } else if (isElsewhere(fault)) {
                                        lookAgain(ended, lost);
                                    } else {
                                        lost.accept("The end of this run is not known.");
                                    }
                                });
    }

    /** The generation that has taken over answers; what it says is in the journal. */
    private void lookAgain(Consumer<RunEnd> ended, Consumer<String> lost) {
        var _ =
                services.world()
                        .timers()
                        .after(
                                ELSEWHERE_MS,
                                () -> {
                                    if (!call.isOver()) {
                                        await(ended, lost);
                                    }
                                });
    }

    private static boolean isElsewhere(@Nullable Throwable fault) {
        Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
        return cause instanceof EvergateException known && known.code() == ErrorCode.UNAVAILABLE;
    }

    private HttpAnswer answer(RunEnd end) {
        return CompletionShapes.fault(end)
                .map(fault -> failed(CompletionShapes.status(end), fault))
                .orElseGet(() -> HttpAnswer.json("200 OK", form.whole(end)));
    }

    private static HttpAnswer failed(String status, String message) {
        return HttpAnswer.error(status, CompletionShapes.ERROR, message).with(NO_RETRY);
    }
}
