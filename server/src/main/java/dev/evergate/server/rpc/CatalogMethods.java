package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.CommandInfo;
import dev.evergate.server.access.Scope;
import dev.evergate.server.spi.LogSource;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.util.List;

/** What is configured and available: agents, commands, log. */
final class CatalogMethods {
    private static final int LOG_LINES_DEFAULT = 500;
    private static final int STABILITY_MAX = 1_000;
    private static final int STABILITY_DEFAULT = 50;
    private static final int LOG_LINES_MAX = 5000;
    private static final int LOG_BYTES_DEFAULT = 250_000;
    private static final int LOG_BYTES_MAX = 1_000_000;

    private final Services services;

    CatalogMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.inline(
                        "agents.list",
                        Scope.READ,
                        call -> call.answer(out -> agents(out, call.config()))),
                Method.inline(
                        "commands.list",
                        Scope.READ,
                        call -> call.answer(object(out -> commands(out, call.gateway())))),
                Method.blocking("logs.tail", Scope.READ, this::logs),
                Method.blocking("diagnostics.stability", Scope.READ, this::stability));
    }

    /** Also part of {@code chat.startup}. */
    static void agents(JsonGenerator out, ConfigSnapshot config) {
        ConfigSnapshot.Agents agents = config.agents();
        out.writeStartObject();
        out.writeStringProperty("defaultId", agents.defaultId());
        out.writeStringProperty("ownership", "sole");
        out.writeBooleanProperty("selectionRequired", false);
        out.writeStringProperty("mainKey", "main");
        out.writeStringProperty("scope", "per-sender");
        out.writeArrayPropertyStart("agents");
        out.writeStartObject();
        out.writeStringProperty("id", agents.defaultId());
        out.writeStringProperty("kind", "agent");
        agents.primary()
                .ifPresent(
                        primary -> {
                            out.writeObjectPropertyStart("model");
                            out.writeStringProperty("primary", primary.toString());
                            fallbacks(out, agents.fallbacks());
                            out.writeEndObject();
                        });
        out.writeEndObject();
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void fallbacks(JsonGenerator out, List<ModelRef> fallbacks) {
        if (!fallbacks.isEmpty()) {
            out.writeArrayPropertyStart("fallbacks");
            fallbacks.forEach(ref -> out.writeString(ref.toString()));
            out.writeEndArray();
        }
    }

    private static Json.Body object(Json.Body properties) {
        return out -> {
            out.writeStartObject();
            properties.write(out);
            out.writeEndObject();
        };
    }

    /** The property {@code commands}, also part of {@code chat.metadata}. */
    static void commands(JsonGenerator out, Gateway gateway) {
        out.writeArrayPropertyStart("commands");
        for (CommandInfo command : gateway.commands()) {
            out.writeStartObject();
            out.writeStringProperty("name", command.name());
            out.writeStringProperty("nativeName", command.name());
            out.writeArrayPropertyStart("textAliases");
            out.writeString("/" + command.name());
            out.writeEndArray();
            out.writeStringProperty("description", command.description());
            out.writeStringProperty("source", "native");
            out.writeStringProperty("scope", "both");
            out.writeBooleanProperty("acceptsArgs", command.acceptsArguments());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void logs(Call call) {
        Params params = call.params();
        LogSource.Tail tail =
                services.evidence()
                        .logs()
                        .tail(
                                params.optionalInteger("cursor", 0, Long.MAX_VALUE),
                                (int)
                                        params.optionalInteger("limit", 1, LOG_LINES_MAX)
                                                .orElse(LOG_LINES_DEFAULT),
                                (int)
                                        params.optionalInteger("maxBytes", 1, LOG_BYTES_MAX)
                                                .orElse(LOG_BYTES_DEFAULT));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("file", tail.file());
                    out.writeNumberProperty("cursor", tail.cursor());
                    out.writeNumberProperty("size", tail.size());
                    out.writeArrayPropertyStart("lines");
                    tail.lines().forEach(out::writeString);
                    out.writeEndArray();
                    out.writeBooleanProperty("truncated", tail.truncated());
                    out.writeBooleanProperty("reset", tail.reset());
                    if (tail.skippedBytes() > 0) {
                        out.writeNumberProperty("skippedBytes", tail.skippedBytes());
                    }
                    out.writeEndObject();
                });
    }

    private void stability(Call call) {
        Params params = call.params();
        JsonNode told =
                services.evidence()
                        .stability()
                        .read(
                                (int)
                                        params.optionalInteger("limit", 1, STABILITY_MAX)
                                                .orElse(STABILITY_DEFAULT),
                                params.optionalText("type"),
                                params.optionalInteger("sinceSeq", 0, Long.MAX_VALUE).orElse(0));
        call.answer(out -> out.writePOJO(told));
    }
}
