package dev.evergate.app.cli;

import dev.evergate.app.cli.wire.GatewayConnection;
import dev.evergate.app.cli.wire.GatewayConnection.Answer;
import dev.evergate.app.cli.wire.Scope;
import dev.evergate.core.time.Deadline;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code evergate agent}: one message, one answer.
 *
 * <p>The message carries a key of its own, so a connection that breaks is made again and the same
 * question asked again: the gateway answers it once.
 */
@Command(
        name = "agent",
        description = "Send a message to an agent and print its answer.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate agent --message \"What is on my list today?\"",
            "  git diff | evergate agent --message - --session-key agent:main:review"
        })
final class AgentCommand implements Callable<Integer> {
    private static final int REQUEST_CHARS_MAX = 8 * 1024 * 1024;

    private static final long PAUSE_MS = 200;

    /** A gateway that crashed is back in a second; one that was stopped is not. */
    private static final long RETURN_MS = 60_000;

    /** What the gateway is given beyond its own limit, to say that it was reached. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = {"-m", "--message"},
            required = true,
            paramLabel = "TEXT",
            description = "What to say; - reads it from standard input.")
    private String message = "";

    @Option(
            names = "--session-key",
            paramLabel = "KEY",
            description = "The conversation (default: main).")
    private String sessionKey = "";

    @Option(
            names = "--session-id",
            paramLabel = "ID",
            description = "A conversation named by an id of your own.")
    private String sessionId = "";

    @Option(names = "--agent", paramLabel = "ID", description = "The agent that answers.")
    private String agent = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long it may take (default: 10m).")
    private Duration timeout = Duration.ofMinutes(10);

    AgentCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (!sessionKey.isEmpty() && !sessionId.isEmpty()) {
            throw usage("--session-key and --session-id both name a conversation: give one.");
        }
        ObjectNode params = params(text());
        String runId = params.path("idempotencyKey").asString("");
        boolean isStreaming = !options.isJson() && surroundings.output().isTerminal();
        var reply = new Reply(surroundings.output(), runId, isStreaming);
        var session = new AtomicReference<>(Optional.<GatewayConnection>empty());
        try (var interrupt = Interrupt.handledBy(() -> abort(session.get(), params))) {
            Answer answer = await(params, reply, session, interrupt);
            return interrupt.hasCome() ? stopped(reply) : show(answer, reply);
        } catch (CommandFailure failure) {
            reply.breakOff();
            throw failure;
        }
    }

    private Answer await(
            ObjectNode params,
            Reply reply,
            AtomicReference<Optional<GatewayConnection>> session,
            Interrupt interrupt) {
        var client = new GatewayClient(surroundings, options);
        var time = surroundings.world().time();
        Deadline deadline = time.deadlineIn(timeout.plus(GRACE).toMillis());
        boolean isRepeated = false;
        while (true) {
            Deadline connected =
                    isRepeated ? earlier(deadline, time.deadlineIn(RETURN_MS)) : deadline;
            try (var connection = client.connect(Scope.WRITE, connected, isRepeated)) {
                connection.onEvent(reply::take);
                session.set(Optional.of(connection));
                return connection.askToTheEnd("agent", params, deadline);
            } catch (IOException lost) {
                if (interrupt.hasCome() || deadline.hasPassed(time)) {
                    throw GatewayClient.lost(lost);
                }
                surroundings.output().note("(connection lost; asking again)");
                surroundings.pause(PAUSE_MS);
                isRepeated = true;
            }
        }
    }

    private static Deadline earlier(Deadline one, Deadline other) {
        return one.nanos() - other.nanos() < 0 ? one : other;
    }

    private int show(Answer answer, Reply reply) {
        return switch (answer) {
            case Answer.Done(var payload) -> {
                if (options.isJson()) {
                    surroundings.output().line(Json.pretty(payload));
                } else {
                    reply.finish(texts(payload));
                }
                yield ExitCode.OK.code();
            }
            case Answer.Refused(var error, _) -> throw Failures.refused(error);
        };
    }

    private int stopped(Reply reply) {
        reply.breakOff();
        surroundings.output().note("Stopped.");
        return Interrupt.EXIT_CODE;
    }

    /** Asks the gateway to stop the run; without a connection there is nobody to ask. */
    private void abort(Optional<GatewayConnection> connection, ObjectNode params) {
        if (connection.isEmpty()) {
            Runtime.getRuntime().halt(Interrupt.EXIT_CODE);
            return;
        }
        ObjectNode run =
                Json.object()
                        .put("sessionKey", conversation())
                        .put("runId", params.path("idempotencyKey").asString(""));
        try {
            connection.get().tell("chat.abort", run);
        } catch (IOException _) {
            // It breaks for the waiting thread too, which says so.
        }
    }

    private String conversation() {
        String owner = "agent:" + (agent.isEmpty() ? "main" : agent);
        if (!sessionId.isEmpty()) {
            return owner + ":explicit:" + sessionId;
        }
        return sessionKey.isEmpty() ? owner + ":main" : sessionKey;
    }

    private ObjectNode params(String text) {
        ObjectNode params = Json.object().put("message", text).put("deliver", false);
        if (!sessionId.isEmpty()) {
            params.put("sessionId", sessionId);
        } else if (!sessionKey.isEmpty() || agent.isEmpty()) {
            params.put("sessionKey", sessionKey.isEmpty() ? "main" : sessionKey);
        }
        if (!agent.isEmpty()) {
            params.put("agentId", agent);
        }
        return params.put("timeout", Math.max(1, timeout.toSeconds()))
                .put("idempotencyKey", surroundings.world().ids().next());
    }

    private String text() {
        String text = message;
        if (message.equals("-")) {
            try {
                byte[] bytes = surroundings.input().readNBytes(REQUEST_CHARS_MAX);
                text = new String(bytes, StandardCharsets.UTF_8);
            } catch (IOException unreadable) {
                throw usage("Standard input cannot be read: " + unreadable.getMessage() + ".");
            }
        }
        if (text.isBlank()) {
            throw usage("The message is empty.");
        }
        return text;
    }

    private static String texts(JsonNode payload) {
        List<String> texts = new ArrayList<>();
        for (JsonNode part : payload.path("result").path("payloads")) {
            String text = part.path("text").asString("");
            if (!text.isEmpty()) {
                texts.add(text);
            }
        }
        return String.join("\n", texts);
    }

    private static CommandFailure usage(String message) {
        return new CommandFailure(
                ExitCode.USAGE, "BAD_ARGUMENTS", message, "See: evergate agent --help");
    }
}
