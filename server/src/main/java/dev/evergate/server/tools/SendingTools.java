package dev.evergate.server.tools;

import dev.evergate.core.conversation.Router;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.wire.Params;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tools that say something in a conversation. Stateless; they block until it is answered. */
final class SendingTools {
    private static final long WAIT_SECONDS_DEFAULT = 30;
    private static final long WAIT_SECONDS_MAX = 600;

    private SendingTools() {}

    static List<Tool> all() {
        return List.of(
                new Tool(
                        "sessions_send",
                        "Session Send",
                        "Say something in a conversation, and wait for the answer.",
                        SendingTools::send));
    }

    private static JsonNode send(Tool.Use use) {
        Params args = use.args();
        String sessionKey =
                Router.route(args.text("sessionKey"), use.gateway().config()).sessionKey();
        String text = args.text("message");
        long seconds =
                args.optionalInteger("timeoutSeconds", 0, WAIT_SECONDS_MAX)
                        .orElse(WAIT_SECONDS_DEFAULT);
        Gateway.Sent sent =
                use.gateway().send(new Gateway.Message(sessionKey, text, use.key(), use.by()));
        ObjectNode result =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("runId", sent.runId())
                        .put("sessionKey", sessionKey);
        if (seconds == 0) {
            return result.put("status", "accepted");
        }
        return await(use.gateway(), sent.runId(), seconds, result);
    }

    /** The message is durable: whatever is not known here becomes known in its conversation. */
    private static JsonNode await(Gateway gateway, String runId, long seconds, ObjectNode result) {
        try {
            Optional<RunEnd> end =
                    gateway.end(runId).toCompletableFuture().get(seconds, TimeUnit.SECONDS);
            return end.map(ended -> ended(ended, result))
                    .orElseGet(() -> result.put("status", "accepted"));
        } catch (TimeoutException _) {
            return result.put("status", "timeout");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return result.put("status", "accepted");
        } catch (ExecutionException e) {
            boolean isElsewhere =
                    e.getCause() instanceof EvergateException known
                            && known.code() == ErrorCode.UNAVAILABLE;
            if (isElsewhere) {
                return result.put("status", "accepted"); // the next generation answers it
            }
            throw new IllegalStateException("the end of a run cannot be waited for", e);
        }
    }

    private static JsonNode ended(RunEnd end, ObjectNode result) {
        if (end.state() == Turn.State.DONE) {
            return result.put("status", "ok").put("reply", end.text());
        }
        String why = end.error().isEmpty() ? "The answer was stopped before its end." : end.error();
        return result.put("status", "error").put("error", why);
    }
}
