package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;

/** Conversations: list, look at, create, reset, delete; subscriptions. */
final class SessionMethods {
    private static final int LIST_DEFAULT = 100;
    private static final int LIST_MAX = 1000;
    private static final int KEY_CHARS_MAX = 512;

    private final Services services;

    SessionMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("sessions.list", Scope.READ, this::list),
                Method.blocking("sessions.describe", Scope.READ, this::describe),
                Method.blocking("sessions.create", Scope.WRITE, this::create),
                Method.blocking("sessions.reset", Scope.ADMIN, this::reset),
                Method.blocking("sessions.delete", Scope.ADMIN, this::delete),
                Method.blocking("sessions.subscribe", Scope.READ, this::subscribe),
                Method.inline("sessions.unsubscribe", Scope.READ, call -> subscribed(call, false)),
                Method.inline(
                        "sessions.messages.subscribe",
                        Scope.READ,
                        call -> messagesSubscribed(call, true)),
                Method.inline(
                        "sessions.messages.unsubscribe",
                        Scope.READ,
                        call -> messagesSubscribed(call, false)));
    }

    private void list(Call call) {
        call.answer(listing(call, call.params()));
    }

    private Json.Body listing(Call call, Params params) {
        Gateway gateway = call.gateway();
        int limit =
                (int) params.optionalInteger("limit", 1, Integer.MAX_VALUE).orElse(LIST_DEFAULT);
        int offset = (int) params.optionalInteger("offset", 0, Integer.MAX_VALUE).orElse(0);
        String search =
                params.optionalText("search").or(() -> params.optionalText("label")).orElse("");
        int applied = Math.min(limit, LIST_MAX);
        Sessions.Listing listing =
                gateway.sessions(
                        new Sessions.Query(
                                applied,
                                offset,
                                search,
                                params.optionalText("agentId").orElse("")));
        return out -> write(out, gateway, listing, applied, offset);
    }

    private void write(
            JsonGenerator out, Gateway gateway, Sessions.Listing listing, int limit, int offset) {
        ConfigSnapshot config = gateway.config();
        int end = offset + listing.sessions().size();
        boolean hasMore = end < listing.total();
        out.writeStartObject();
        out.writeNumberProperty("ts", services.nowMs());
        out.writeStringProperty("path", "journal");
        out.writeNumberProperty("count", listing.sessions().size());
        out.writeNumberProperty("totalCount", listing.total());
        out.writeNumberProperty("limitApplied", limit);
        if (hasMore) {
            out.writeNumberProperty("nextOffset", end);
        } else {
            out.writeNullProperty("nextOffset");
        }
        out.writeBooleanProperty("hasMore", hasMore);
        out.writeObjectPropertyStart("defaults");
        Shapes.model(out, config);
        out.writeEndObject();
        out.writeArrayPropertyStart("sessions");
        for (Session session : listing.sessions()) {
            Shapes.session(out, session, gateway.activeRuns(session.key()), config);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void describe(Call call) {
        Gateway gateway = call.gateway();
        Optional<Session> found = gateway.session(call.params().text("key", KEY_CHARS_MAX));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeName("session");
                    if (found.isPresent()) {
                        Session session = found.get();
                        Shapes.session(
                                out, session, gateway.activeRuns(session.key()), gateway.config());
                    } else {
                        out.writeNull();
                    }
                    out.writeEndObject();
                });
    }

    private void create(Call call) {
        Params params = call.params();
        String label =
                params.optionalText("label")
                        .or(() -> params.optionalText("displayName"))
                        .orElse("");
        Session session =
                call.gateway().createSession(params.optionalText("key").orElse(""), label);
        String text =
                params.optionalText("message").or(() -> params.optionalText("task")).orElse("");
        Optional<String> runId =
                text.isEmpty() ? Optional.empty() : Optional.of(start(call, params, session, text));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("key", session.key());
                    out.writeStringProperty("sessionId", session.sessionId());
                    entry(out, session);
                    out.writeBooleanProperty("runStarted", runId.isPresent());
                    runId.ifPresent(id -> out.writeStringProperty("runId", id));
                    out.writeObjectPropertyStart("resolved");
                    Shapes.model(out, call.config());
                    out.writeEndObject();
                    out.writeEndObject();
                });
    }

    private String start(Call call, Params params, Session session, String text) {
        String key =
                params.optionalName("idempotencyKey")
                        .orElseGet(() -> services.world().ids().next());
        return call.gateway()
                .send(
                        new Gateway.Message(
                                session.key(), text, key, ChatMethods.sender(call.grant())))
                .runId();
    }

    private void reset(Call call) {
        Session session = call.gateway().resetSession(call.params().text("key", KEY_CHARS_MAX));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("key", session.key());
                    entry(out, session);
                    out.writeEndObject();
                });
    }

    private void delete(Call call) {
        String key = call.params().text("key", KEY_CHARS_MAX);
        boolean deleted = call.gateway().deleteSession(key);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("key", key);
                    out.writeBooleanProperty("deleted", deleted);
                    out.writeArrayPropertyStart("archived");
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private static void entry(JsonGenerator out, Session session) {
        out.writeObjectPropertyStart("entry");
        out.writeStringProperty("sessionId", session.sessionId());
        out.writeNumberProperty("updatedAt", session.updatedAtMs());
        out.writeNumberProperty("createdAt", session.createdAtMs());
        if (!session.label().isEmpty()) {
            out.writeStringProperty("label", session.label());
        }
        out.writeEndObject();
    }

    /** Every reader gets all session events anyway; asking for it must not be refused. */
    private void subscribe(Call call) {
        Params params = call.params();
        if (params.isEmpty()) {
            subscribed(call, true);
            return;
        }
        Json.Body list = listing(call, params);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("subscribed", true);
                    out.writeName("list");
                    list.write(out);
                    out.writeEndObject();
                });
    }

    private static void subscribed(Call call, boolean subscribed) {
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("subscribed", subscribed);
                    out.writeEndObject();
                });
    }

    private static void messagesSubscribed(Call call, boolean subscribed) {
        String key = call.params().text("key", KEY_CHARS_MAX);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("subscribed", subscribed);
                    out.writeStringProperty("key", key);
                    out.writeEndObject();
                });
    }
}
