package dev.evergate.server.tools;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
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
import java.util.Map;
import java.util.Optional;

/**
 * The tools there are so far: they read what the gateway knows. Thread-safe; they block on the
 * store.
 */
final class ReadingTools {
    private static final int SESSIONS_DEFAULT = 50;
    private static final int SESSIONS_MAX = 200;
    private static final int ROWS_DEFAULT = 50;
    private static final int ROWS_MAX = 200;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Gateway gateway;
    private final Map<String, Tool> tools;

    /** What can be used by name. */
    interface Tool {
        /**
         * @param args as they came; missing ones take their default
         * @throws dev.evergate.core.fault.EvergateException if they make no sense
         */
        JsonNode use(JsonNode args);
    }

    ReadingTools(Gateway gateway) {
        this.gateway = gateway;
        this.tools =
                Map.of(
                        "agents_list", this::agents,
                        "sessions_list", this::sessions,
                        "sessions_history", this::history);
    }

    Optional<Tool> find(String name) {
        return Optional.ofNullable(tools.get(name));
    }

    private JsonNode agents(JsonNode args) {
        ConfigSnapshot.Agents agents = gateway.config().agents();
        ObjectNode result = JSON.objectNode().put("requester", agents.defaultId());
        ObjectNode agent = result.putArray("agents").addObject().put("id", agents.defaultId());
        agents.primary().ifPresent(model -> agent.put("model", model.toString()));
        return result;
    }

    private JsonNode sessions(JsonNode args) {
        int limit = within(args.path("limit").asInt(SESSIONS_DEFAULT), SESSIONS_MAX);
        String search = args.path("search").asString("");
        List<Session> sessions =
                gateway.sessions(new Sessions.Query(limit, 0, search, "")).sessions();
        ObjectNode result = JSON.objectNode().put("count", sessions.size());
        ArrayNode list = result.putArray("sessions");
        for (Session session : sessions) {
            list.addObject()
                    .put("key", session.key())
                    .put("sessionId", session.sessionId())
                    .put("agentId", session.agentId())
                    .put("kind", session.key().endsWith(":main") ? "main" : "other")
                    .put("label", session.label())
                    .put("updatedAt", session.updatedAtMs())
                    .put("totalTokens", session.inputTokens() + session.outputTokens());
        }
        return result;
    }

    private JsonNode history(JsonNode args) {
        String key = args.path("sessionKey").asString("main");
        int limit = within(args.path("limit").asInt(ROWS_DEFAULT), ROWS_MAX);
        ObjectNode result = JSON.objectNode().put("sessionKey", key);
        ArrayNode messages = result.putArray("messages");
        if (gateway.history(new Gateway.HistoryQuery(key, limit, 0, ""))
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

    private static int within(int number, int max) {
        return Math.max(1, Math.min(max, number));
    }
}
