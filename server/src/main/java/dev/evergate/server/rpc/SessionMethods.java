package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.Sessions.Archived;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;

/** Conversations: list, look at, find; subscriptions. */
final class SessionMethods {
    private static final int LIST_DEFAULT = 100;
    private static final int LIST_MAX = 1000;
    private static final int KEY_CHARS_MAX = 512;
    private static final long ACTIVE_MINUTES_MAX = 1_000_000_000;

    private final Services services;

    SessionMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("sessions.list", Scope.READ, this::list),
                Method.blocking("sessions.describe", Scope.READ, this::describe),
                Method.blocking("sessions.groups.list", Scope.READ, this::groups),
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
        int applied = Math.min(limit, LIST_MAX);
        // No conversation is begun by an agent here, so none was begun by the one that is named.
        Sessions.Listing listing =
                params.has("spawnedBy")
                        ? new Sessions.Listing(List.of(), 0)
                        : gateway.sessions(
                                new Sessions.Query(applied, offset, filter(params), true));
        return out -> write(out, gateway, listing, applied, offset);
    }

    private Sessions.Filter filter(Params params) {
        long activeMinutes =
                params.optionalInteger("activeMinutes", 1, ACTIVE_MINUTES_MAX).orElse(0);
        return new Sessions.Filter(
                params.optionalText("search").orElse(""),
                params.optionalText("label", KEY_CHARS_MAX).orElse(""),
                params.optionalText("agentId").orElse(""),
                activeMinutes == 0 ? 0 : Math.max(1, services.nowMs() - activeMinutes * 60_000),
                archived(params));
    }

    private static Archived archived(Params params) {
        if (params.isText("archived")) {
            String _ = params.oneOf("archived", java.util.Set.of("all"));
            return Archived.ALL;
        }
        return params.flag("archived") ? Archived.ONLY : Archived.NO;
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
        Shapes.thinking(out, config.agents().primary(), config);
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

    /** A group is there as long as a conversation is shown in it. */
    private void groups(Call call) {
        List<String> categories = call.gateway().conversations().categories();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeArrayPropertyStart("groups");
                    for (int i = 0; i < categories.size(); i++) {
                        out.writeStartObject();
                        out.writeStringProperty("name", categories.get(i));
                        out.writeNumberProperty("position", i);
                        out.writeEndObject();
                    }
                    out.writeEndArray();
                    out.writeArrayPropertyStart("sectionOrder");
                    out.writeEndArray();
                    out.writeEndObject();
                });
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

    private void messagesSubscribed(Call call, boolean subscribed) {
        Params params = call.params();
        String key = params.text("key", KEY_CHARS_MAX);
        boolean replays = subscribed && params.flag("includeApprovals");
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("subscribed", subscribed);
                    out.writeStringProperty("key", key);
                    if (replays) {
                        noApprovals(out, key);
                    }
                    out.writeEndObject();
                });
    }

    /** The agent asks for no approvals, so there are none to be shown again. */
    private void noApprovals(JsonGenerator out, String key) {
        out.writeObjectPropertyStart("approvalReplay");
        out.writeStringProperty("sessionKey", key);
        out.writeNumberProperty("updatedAtMs", services.nowMs());
        out.writeArrayPropertyStart("approvals");
        out.writeEndArray();
        out.writeBooleanProperty("truncated", false);
        out.writeEndObject();
    }
}
