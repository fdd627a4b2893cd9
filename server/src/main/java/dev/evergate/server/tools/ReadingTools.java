package dev.evergate.server.tools;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.conversation.Router;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.History;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tools that tell what the gateway knows. Stateless; they block on the store. */
final class ReadingTools {
    private static final int SESSIONS_DEFAULT = 50;
    private static final int SESSIONS_MAX = 200;
    private static final int ROWS_DEFAULT = 50;
    private static final int ROWS_MAX = 200;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ReadingTools() {}

    static List<Tool> all() {
        return List.of(
                new Tool(
                        "agents_list",
                        "Agents",
                        "List the agents of this gateway and their models.",
                        ReadingTools::agents),
                new Tool(
                        "sessions_list",
                        "Sessions",
                        "List conversations, the one that changed last first.",
                        ReadingTools::sessions),
                new Tool(
                        "sessions_history",
                        "Session History",
                        "Read the newest messages of a conversation.",
                        ReadingTools::history),
                new Tool(
                        "session_status",
                        "Session Status",
                        "Tell a conversation's model, tokens, and what is being answered in it.",
                        ReadingTools::status));
    }

    private static JsonNode agents(Tool.Use use) {
        ConfigSnapshot.Agents agents = use.gateway().config().agents();
        ObjectNode result = JSON.objectNode().put("requester", agents.defaultId());
        ObjectNode agent = result.putArray("agents").addObject().put("id", agents.defaultId());
        agents.primary().ifPresent(model -> agent.put("model", model.toString()));
        return result;
    }

    private static JsonNode sessions(Tool.Use use) {
        int limit = within(use, SESSIONS_DEFAULT, SESSIONS_MAX);
        String search = use.args().optionalText("search").orElse("");
        String agentId = use.args().optionalText("agentId").orElse("");
        Sessions.Listing listing =
                use.gateway().sessions(new Sessions.Query(limit, 0, search, agentId));
        List<Session> sessions = listing.sessions();
        ObjectNode result = JSON.objectNode().put("count", sessions.size());
        ArrayNode list = result.putArray("sessions");
        for (Session session : sessions) {
            describe(list.addObject(), session);
        }
        result.put("hasMore", sessions.size() < listing.total());
        return result;
    }

    private static void describe(ObjectNode out, Session session) {
        out.put("key", session.key())
                .put("sessionId", session.sessionId())
                .put("agentId", session.agentId())
                .put("kind", session.key().endsWith(":main") ? "main" : "other")
                .put("label", session.label())
                .put("updatedAt", session.updatedAtMs())
                .put("totalTokens", session.inputTokens() + session.outputTokens());
    }

    private static JsonNode history(Tool.Use use) {
        String key = named(use);
        int limit = within(use, ROWS_DEFAULT, ROWS_MAX);
        ObjectNode result = JSON.objectNode().put("sessionKey", key);
        ArrayNode messages = result.putArray("messages");
        if (use.gateway().history(new Gateway.HistoryQuery(key, limit, 0, ""))
                instanceof History.Full full) {
            for (TranscriptRow row : full.rows()) {
                messages.addObject()
                        .put("role", row.role().name().toLowerCase(Locale.ROOT))
                        .put("content", row.text())
                        .put("timestamp", row.timestampMs());
            }
        }
        return result;
    }

    private static JsonNode status(Tool.Use use) {
        String key = named(use);
        Optional<Session> session = use.gateway().session(key);
        if (session.isEmpty() && !key.endsWith(":main")) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "Unknown sessionKey: %s (the tool sessions_list lists them)".formatted(key));
        }
        List<ActiveRun> runs = use.gateway().activeRuns(key);
        ObjectNode result = JSON.objectNode().put("ok", true).put("sessionKey", key);
        session.ifPresent(found -> describe(result.putObject("session"), found));
        use.gateway()
                .config()
                .agents()
                .primary()
                .ifPresent(model -> result.put("model", model.toString()));
        ArrayNode active = result.putArray("activeRunIds");
        runs.forEach(run -> active.add(run.runId()));
        return result;
    }

    /** The conversation meant: the one that is named, else the one the tool is used in. */
    private static String named(Tool.Use use) {
        return use.args()
                .optionalName("sessionKey")
                .map(key -> Router.route(key, use.gateway().config()).sessionKey())
                .orElse(use.sessionKey());
    }

    private static int within(Tool.Use use, int byDefault, int max) {
        long wanted = use.args().optionalInteger("limit", 1, Integer.MAX_VALUE).orElse(byDefault);
        return (int) Math.min(max, wanted);
    }
}
