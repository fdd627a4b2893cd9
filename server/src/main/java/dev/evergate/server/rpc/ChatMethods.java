package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.History;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;

/** {@code chat.*}: say something, read what was said, stop the answer. */
final class ChatMethods {
    private static final int HISTORY_DEFAULT = 200;
    private static final int HISTORY_MAX = 1000;
    private static final int KEY_CHARS_MAX = 512;

    /** Of one message, where a client does not want less. */
    private static final int MESSAGE_CHARS_MAX = 500_000;

    /** A history answer holds about this much text; older rows are left out. */
    private static final int HISTORY_CHARS_MAX = 6 << 20;

    /** What a row costs beside its text. */
    private static final int ROW_CHARS = 400;

    List<Method> methods() {
        return List.of(
                Method.blocking("chat.send", Scope.WRITE, this::send).audited(Auditing.COUNTED),
                Method.blocking("chat.abort", Scope.WRITE, this::abort).audited(Auditing.ATTEMPTED),
                Method.blocking("chat.history", Scope.READ, call -> history(call, false)),
                Method.blocking("chat.startup", Scope.READ, call -> history(call, true)));
    }

    /** Who speaks; an owner is who may administer the gateway. */
    static Gateway.Sender sender(Grant grant) {
        Grant.Client client = grant.client();
        String name = client.displayName().isEmpty() ? client.id() : client.displayName();
        return new Gateway.Sender(name, grant.isOperator() && grant.allows(Scope.ADMIN));
    }

    private void send(Call call) {
        Params params = call.params();
        String sessionKey = params.text("sessionKey", KEY_CHARS_MAX);
        String message =
                params.optionalText("message").orElseThrow(() -> params.missing("message"));
        String key = params.text("idempotencyKey");
        Gateway.Sent sent =
                call.gateway()
                        .send(
                                Utterance.of(params, message)
                                        .to(sessionKey, key, sender(call.grant())));
        answer(call, sent);
    }

    /** Tells what became of a message. */
    static void answer(Call call, Gateway.Sent sent) {
        String status =
                switch (sent) {
                    case Gateway.Sent.Started _ -> "started";
                    case Gateway.Sent.InFlight _ -> "in_flight";
                    case Gateway.Sent.Ended ended ->
                            RunAnswers.isFailed(ended.end()) ? "error" : "ok";
                };
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("runId", sent.runId());
                    out.writeStringProperty("status", status);
                    out.writeEndObject();
                });
    }

    private void abort(Call call) {
        Params params = call.params();
        List<String> stopped =
                call.gateway()
                        .abort(
                                params.text("sessionKey", KEY_CHARS_MAX),
                                params.optionalName("runId"));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeBooleanProperty("aborted", !stopped.isEmpty());
                    out.writeArrayPropertyStart("runIds");
                    stopped.forEach(out::writeString);
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void history(Call call, boolean isStartup) {
        Params params = call.params();
        String sessionKey =
                isStartup
                        ? params.optionalName("sessionKey").orElse("main")
                        : params.text("sessionKey", KEY_CHARS_MAX);
        int limit = (int) params.optionalInteger("limit", 1, HISTORY_MAX).orElse(HISTORY_DEFAULT);
        int offset = (int) params.optionalInteger("offset", 0, Integer.MAX_VALUE).orElse(0);
        History history =
                call.gateway()
                        .history(
                                new Gateway.HistoryQuery(
                                        sessionKey,
                                        limit,
                                        offset,
                                        params.optionalText("cursor").orElse(""),
                                        params.optionalText("messageId").orElse("")));
        int charsMax =
                (int)
                        params.optionalInteger("maxChars", 1, MESSAGE_CHARS_MAX)
                                .orElse(MESSAGE_CHARS_MAX);
        ConfigSnapshot config = call.config();
        Optional<Json.Body> agents =
                isStartup
                        ? Optional.of(out -> CatalogMethods.agents(out, config))
                        : Optional.empty();
        call.answer(
                switch (history) {
                    case History.Full full -> out -> full(out, cut(full, charsMax), config, agents);
                    case History.Delta delta -> out -> delta(out, delta, config, agents);
                    case History.Reset _ -> ChatMethods::reset;
                });
    }

    private static void full(
            JsonGenerator out,
            History.Full full,
            ConfigSnapshot config,
            Optional<Json.Body> agents) {
        List<TranscriptRow> rows = newest(full.rows());
        long end = full.offset() + rows.size();
        boolean hasMore = end < full.total();
        out.writeStartObject();
        out.writeStringProperty("sessionKey", full.sessionKey());
        if (!full.sessionId().isEmpty()) {
            out.writeStringProperty("sessionId", full.sessionId());
        }
        messages(out, rows);
        out.writeBooleanProperty("hasMore", hasMore);
        if (hasMore) {
            out.writeNumberProperty("nextOffset", end);
        }
        out.writeNumberProperty("totalMessages", full.total());
        if (!full.cursor().isEmpty()) {
            out.writeStringProperty("deltaCursor", full.cursor());
        }
        out.writeObjectPropertyStart("defaults");
        Shapes.model(out, config);
        Shapes.thinking(out, config.agents().primary(), config);
        out.writeEndObject();
        full.session()
                .flatMap(session -> session.details().text(SessionDetails.Text.THINKING_LEVEL))
                .ifPresent(level -> out.writeStringProperty("thinkingLevel", level));
        full.session()
                .ifPresent(
                        session -> {
                            out.writeName("sessionInfo");
                            Shapes.session(out, session, full.active(), config);
                        });
        runs(out, full.active());
        agents.ifPresent(body -> agentsList(out, body));
        out.writeEndObject();
    }

    private static void delta(
            JsonGenerator out,
            History.Delta delta,
            ConfigSnapshot config,
            Optional<Json.Body> agents) {
        out.writeStartObject();
        out.writeStringProperty("kind", "delta");
        out.writeArrayPropertyStart("messages"); // in the form in which they are told
        delta.rows().stream()
                .flatMap(row -> Shapes.spoken(row).stream())
                .forEach(one -> entry(out, delta.session(), one));
        out.writeEndArray();
        out.writeStringProperty("deltaCursor", delta.cursor());
        out.writeName("sessionInfo");
        Shapes.session(out, delta.session(), delta.active(), config);
        runs(out, delta.active());
        agents.ifPresent(body -> agentsList(out, body));
        out.writeEndObject();
    }

    private static void entry(JsonGenerator out, Session session, TranscriptRow message) {
        out.writeStartObject();
        Shapes.entry(out, session.key(), session.agentId(), message);
        out.writeEndObject();
    }

    private static void reset(JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("kind", "reset");
        out.writeEndObject();
    }

    private static void agentsList(JsonGenerator out, Json.Body agents) {
        out.writeName("agentsList");
        agents.write(out);
    }

    private static History.Full cut(History.Full full, int charsMax) {
        return new History.Full(
                full.sessionKey(),
                full.session(),
                full.sessionId(),
                full.rows().stream().map(row -> Shapes.cut(row, charsMax)).toList(),
                full.offset(),
                full.total(),
                full.cursor(),
                full.active());
    }

    /** The property {@code messages}. */
    static void messages(JsonGenerator out, List<TranscriptRow> rows) {
        out.writeArrayPropertyStart("messages");
        rows.forEach(row -> Shapes.spoken(row).forEach(one -> Shapes.message(out, one)));
        out.writeEndArray();
    }

    /** As many of the newest rows as fit one answer; one at least. */
    private static List<TranscriptRow> newest(List<TranscriptRow> rows) {
        long chars = 0;
        int first = rows.size();
        while (first > 0) {
            chars += rows.get(first - 1).text().length() + ROW_CHARS;
            if (chars > HISTORY_CHARS_MAX && first < rows.size()) {
                break;
            }
            first--;
        }
        return rows.subList(first, rows.size());
    }

    /** The run that is going on, and the messages that wait behind it. */
    private static void runs(JsonGenerator out, List<ActiveRun> active) {
        active.stream()
                .filter(run -> !run.isWaiting())
                .findFirst()
                .ifPresent(
                        run -> {
                            out.writeObjectPropertyStart("inFlightRun");
                            out.writeStringProperty("runId", run.runId());
                            out.writeStringProperty("text", run.text());
                            out.writeNumberProperty("startedAt", run.startedAtMs());
                            out.writeEndObject();
                        });
        List<ActiveRun> waiting = active.stream().filter(ActiveRun::isWaiting).toList();
        out.writeObjectPropertyStart("pendingInputs");
        out.writeArrayPropertyStart("items");
        waiting.forEach(run -> pending(out, run));
        out.writeEndArray();
        out.writeNumberProperty("total", waiting.size());
        out.writeEndObject();
    }

    private static void pending(JsonGenerator out, ActiveRun run) {
        out.writeStartObject();
        out.writeStringProperty("id", run.runId());
        out.writeStringProperty("runId", run.runId());
        out.writeObjectPropertyStart("message");
        out.writeStringProperty("role", "user");
        out.writeStringProperty("content", run.userText());
        out.writeNumberProperty("timestamp", run.acceptedAtMs());
        out.writeStringProperty("idempotencyKey", run.runId() + ":user");
        out.writeEndObject();
        out.writeNumberProperty("acceptedAt", run.acceptedAtMs());
        out.writeStringProperty("state", "queued");
        out.writeEndObject();
    }
}
