package dev.evergate.server.rpc;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.History;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.Sessions.Archived;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Conversations: which one is meant, and what is said in it. */
final class SessionLookups {
    private static final int KEY_CHARS_MAX = 512;
    private static final int MATCHES_MAX = 20;
    private static final int PREVIEWS_MAX = 64;
    private static final int PREVIEW_ROWS_DEFAULT = 12;
    private static final int PREVIEW_CHARS_DEFAULT = 240;
    private static final int ROWS_DEFAULT = 200;
    private static final int ROWS_MAX = 1_000;

    private final Services services;

    SessionLookups(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("sessions.resolve", Scope.READ, this::resolve),
                Method.blocking("sessions.preview", Scope.READ, this::preview),
                Method.blocking("sessions.get", Scope.READ, this::get));
    }

    private void resolve(Call call) {
        Params params = call.params();
        List<Session> found = found(call.gateway(), params);
        if (found.isEmpty() && !params.flag("allowMissing")) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "no session found (expected: key, sessionId or label of one that sessions.list"
                            + " shows)");
        }
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", found.size() == 1);
                    if (found.size() == 1) {
                        named(out, found.getFirst());
                    } else if (!found.isEmpty()) {
                        out.writeArrayPropertyStart("candidates");
                        for (Session each : found) {
                            out.writeStartObject();
                            named(out, each);
                            out.writeEndObject();
                        }
                        out.writeEndArray();
                    }
                    out.writeEndObject();
                });
    }

    private static List<Session> found(Gateway gateway, Params params) {
        Optional<String> key = params.optionalName("key");
        Optional<String> sessionId = params.optionalName("sessionId");
        Optional<String> label = params.optionalName("label");
        if (key.isPresent()) {
            return gateway.session(key.get()).stream().toList();
        }
        if (sessionId.isPresent()) {
            return gateway.conversations().ofWindow(sessionId.get()).stream().toList();
        }
        String agentId = params.optionalText("agentId").orElse("");
        var filter =
                new Sessions.Filter(
                        "",
                        label.orElseThrow(() -> params.missing("key")),
                        agentId,
                        0,
                        Archived.ALL);
        return gateway.sessions(new Sessions.Query(MATCHES_MAX, 0, filter, false)).sessions();
    }

    private static void named(JsonGenerator out, Session session) {
        out.writeStringProperty("key", session.key());
        out.writeStringProperty("agentId", session.agentId());
        Shapes.displayName(session).ifPresent(name -> out.writeStringProperty("displayName", name));
        session.details()
                .text(Text.BOARD_FACE)
                .ifPresent(face -> out.writeStringProperty("boardFace", face));
    }

    private void preview(Call call) {
        Params params = call.params();
        int limit = (int) params.optionalInteger("limit", 1, ROWS_MAX).orElse(PREVIEW_ROWS_DEFAULT);
        int charsMax =
                (int)
                        params.optionalInteger("maxChars", 20, Integer.MAX_VALUE)
                                .orElse(PREVIEW_CHARS_DEFAULT);
        List<Preview> previews =
                params.texts("keys").stream()
                        .map(String::strip)
                        .filter(key -> !key.isEmpty())
                        .limit(PREVIEWS_MAX)
                        .map(key -> new Preview(key, rows(call.gateway(), key, limit)))
                        .toList();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeNumberProperty("ts", services.nowMs());
                    out.writeArrayPropertyStart("previews");
                    previews.forEach(preview -> preview.write(out, charsMax));
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    /** What is said in a conversation at its end; no rows at all if there is no such one. */
    private record Preview(String key, Optional<List<TranscriptRow>> rows) {
        void write(JsonGenerator out, int charsMax) {
            List<TranscriptRow> said =
                    rows.orElse(List.of()).stream()
                            .filter(row -> row.kind() == Kind.MESSAGE)
                            .toList();
            out.writeStartObject();
            out.writeStringProperty("key", key);
            out.writeStringProperty(
                    "status", rows.isEmpty() ? "missing" : said.isEmpty() ? "empty" : "ok");
            out.writeArrayPropertyStart("items");
            for (TranscriptRow row : said) {
                out.writeStartObject();
                out.writeStringProperty("role", row.role().name().toLowerCase(Locale.ROOT));
                out.writeStringProperty("text", Shapes.cut(row.text(), charsMax));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
    }

    private void get(Call call) {
        Params params = call.params();
        String key = params.text("key", KEY_CHARS_MAX);
        int limit =
                (int) params.optionalInteger("limit", 1, Integer.MAX_VALUE).orElse(ROWS_DEFAULT);
        List<TranscriptRow> rows =
                rows(call.gateway(), key, Math.min(limit, ROWS_MAX)).orElse(List.of());
        call.answer(
                out -> {
                    out.writeStartObject();
                    ChatMethods.messages(out, rows);
                    out.writeEndObject();
                });
    }

    private static Optional<List<TranscriptRow>> rows(Gateway gateway, String key, int limit) {
        History history = gateway.history(new Gateway.HistoryQuery(key, limit, 0, ""));
        return history instanceof History.Full full && full.session().isPresent()
                ? Optional.of(full.rows())
                : Optional.empty();
    }
}
