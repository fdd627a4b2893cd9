package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Params;

import tools.jackson.core.JsonGenerator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Models and how the gateway proves itself to those who run them. */
final class ModelMethods {
    private static final Set<String> VIEWS =
            Set.of("default", "configured", "provider-config", "all");

    private final Services services;

    ModelMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(
                Method.inline("models.list", Scope.READ, ModelMethods::models),
                Method.inline("models.authStatus", Scope.READ, this::authStatus));
    }

    /** Every view is the same: there is no model but those of the configuration. */
    private static void models(Call call) {
        Params params = call.params();
        if (params.has("view")) {
            String _ = params.oneOf("view", VIEWS);
        }
        ConfigSnapshot config = call.config();
        call.answer(
                out -> {
                    out.writeStartObject();
                    models(out, config);
                    out.writeEndObject();
                });
    }

    /** The property {@code models}, also part of {@code chat.metadata}. */
    static void models(JsonGenerator out, ConfigSnapshot config) {
        out.writeArrayPropertyStart("models");
        config.providers().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        entry ->
                                entry.getValue()
                                        .models()
                                        .forEach(
                                                model ->
                                                        model(out, config, entry.getKey(), model)));
        out.writeEndArray();
    }

    private static void model(
            JsonGenerator out, ConfigSnapshot config, String provider, ConfigSnapshot.Model model) {
        out.writeStartObject();
        out.writeStringProperty("id", model.id());
        out.writeStringProperty("name", model.name().isEmpty() ? model.id() : model.name());
        out.writeStringProperty("provider", provider);
        if (model.contextWindow() > 0) {
            out.writeNumberProperty("contextWindow", model.contextWindow());
        }
        out.writeBooleanProperty("reasoning", model.reasons());
        out.writeArrayPropertyStart("input");
        out.writeString("text");
        if (model.seesImages()) {
            out.writeString("image");
        }
        out.writeEndArray();
        List<String> tags = tags(config.agents(), new ModelRef(provider, model.id()));
        if (!tags.isEmpty()) {
            out.writeArrayPropertyStart("tags");
            tags.forEach(out::writeString);
            out.writeEndArray();
        }
        out.writeBooleanProperty("available", true);
        out.writeEndObject();
    }

    /** What the default agent uses a model for. */
    private static List<String> tags(ConfigSnapshot.Agents agents, ModelRef model) {
        List<String> tags = new ArrayList<>();
        agents.primary().filter(model::equals).ifPresent(_ -> tags.add("default"));
        int place = agents.fallbacks().indexOf(model);
        if (place >= 0) {
            tags.add("fallback#" + (place + 1));
        }
        return tags;
    }

    private void authStatus(Call call) {
        ConfigSnapshot config = call.config();
        long nowMs = services.nowMs();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeNumberProperty("ts", nowMs);
                    out.writeArrayPropertyStart("providers");
                    config.providers().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .forEach(entry -> provider(out, entry.getKey(), entry.getValue()));
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void provider(JsonGenerator out, String name, ConfigSnapshot.Provider provider) {
        out.writeStartObject();
        out.writeStringProperty("provider", name);
        out.writeStringProperty("authProvider", name);
        out.writeStringProperty("displayName", name);
        out.writeStringProperty("status", "static"); // what does not run out
        out.writeArrayPropertyStart("profiles");
        out.writeEndArray();
        if (provider.settings().apiKey().isPresent()) {
            out.writeObjectPropertyStart("apiKey");
            out.writeStringProperty("source", "config");
            out.writeEndObject();
        }
        services.boards()
                .providers()
                .failure(name)
                .ifPresent(
                        failure -> {
                            out.writeObjectPropertyStart("lastFailure");
                            out.writeStringProperty("model", failure.model());
                            out.writeStringProperty("message", failure.message());
                            out.writeNumberProperty("ts", failure.atMs());
                            out.writeEndObject();
                        });
        out.writeEndObject();
    }
}
