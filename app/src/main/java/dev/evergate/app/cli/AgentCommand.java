package dev.evergate.app.cli;

import dev.evergate.app.cli.GatewayConnection.Answer;
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
import java.util.concurrent.Callable;

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
        return show(await(params, reply), reply);
    }

    private Answer await(ObjectNode params, Reply reply) {
        var client = new GatewayClient(surroundings, options);
        Deadline deadline = surroundings.world().time().deadlineIn(timeout.plus(GRACE).toMillis());
        boolean isRepeated = false;
        while (true) {
            try (var connection = client.connect(Scope.WRITE, deadline, isRepeated)) {
                connection.onEvent(reply::take);
                return connection.askToTheEnd("agent", params, deadline);
            } catch (IOException lost) {
                if (deadline.hasPassed(surroundings.world().time())) {
                    throw GatewayClient.lost(lost);
                }
                surroundings.output().note("(connection lost; asking again)");
                surroundings.pause(PAUSE_MS);
                isRepeated = true;
            }
        }
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
            case Answer.Refused(var error, _) -> {
                reply.breakOff();
                throw Failures.refused(error);
            }
        };
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
