package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.MODELS;
import static dev.evergate.core.config.plan.Effect.NEXT_TURN;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.httpUrl;
import static dev.evergate.core.config.schema.Types.list;
import static dev.evergate.core.config.schema.Types.model;
import static dev.evergate.core.config.schema.Types.secret;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/** {@code models} and {@code agents}: who answers, and with what. */
final class AgentKeys {
    private AgentKeys() {}

    static List<Keys> declared() {
        return List.of(providers(), models(), defaults(), chosenModel());
    }

    private static Keys providers() {
        return Keys.inWhole("models.providers.*")
                .takes(MODELS)
                .required("baseUrl", httpUrl(), "Where the provider's API starts")
                .key("apiKey", secret(), "What the provider asks for; none for a local one")
                .key(
                        "api",
                        text(".+", "a text", "openai-completions"),
                        "openai-completions",
                        "What it speaks: openai-completions, anthropic-messages or ollama")
                .key("headers.*", secret(), "A header that every request carries")
                .key(
                        "timeoutSeconds",
                        whole(1, 3_600),
                        120,
                        "Longest wait for the first byte, and longest silence, in seconds");
    }

    private static Keys models() {
        return Keys.in("models.providers.*.models[]")
                .takes(MODELS)
                .required(
                        "id",
                        text(".+", "the model's name at its provider", "qwen3:8b"),
                        "The model's name at its provider")
                .key("name", text(), "The model's name for people")
                .key(
                        "contextWindow",
                        atLeast(0),
                        "Tokens that the model can hold; asked for when missing")
                .key("maxTokens", atLeast(0), "Longest answer in tokens");
    }

    private static Keys defaults() {
        return Keys.in("agents.defaults")
                .takes(NEXT_TURN)
                .key("model", model(), "The model that is asked first; short for model.primary")
                .key(
                        "timeoutSeconds",
                        whole(1, 86_400),
                        1_800,
                        "Longest time for one answer, in seconds")
                .key(
                        "maxConcurrent",
                        whole(1, 10_000),
                        "Answers at the same time; at least 8, and 4 for each processor");
    }

    private static Keys chosenModel() {
        return Keys.in("agents.defaults.model")
                .takes(NEXT_TURN)
                .key("primary", model(), "The model that is asked first")
                .key(
                        "fallbacks",
                        list(model()),
                        List.of(),
                        "Models that are asked in turn when those before cannot answer");
    }
}
