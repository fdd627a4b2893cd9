package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.MODELS;
import static dev.evergate.core.config.schema.Types.anything;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.decimal;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.httpUrl;
import static dev.evergate.core.config.schema.Types.list;
import static dev.evergate.core.config.schema.Types.secret;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/** {@code models}: who can be asked. */
final class ModelKeys {
    private ModelKeys() {}

    static List<Keys> declared() {
        return List.of(catalog(), providers(), models());
    }

    private static Keys catalog() {
        return Keys.in("models")
                .takes(MODELS)
                .notUsedYet()
                .key(
                        "mode",
                        choice("merge", "replace"),
                        "merge",
                        "Whether models that are found join those that are listed");
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
                        "Longest wait for the first byte, and longest silence, in seconds")
                .notUsedYet()
                .key(
                        "auth",
                        choice("api-key", "token", "oauth", "aws-sdk"),
                        "How the provider is told who asks")
                .key("authHeader", flag(), "Whether the key goes into the Authorization header")
                .key("request", anything(), "How requests travel, as in OpenClaw");
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
                .key("maxTokens", atLeast(0), "Longest answer in tokens")
                .key(
                        "input",
                        list(choice("text", "image", "audio", "video")),
                        "What the model understands besides text; pictures are tried when missing")
                .key(
                        "reasoning",
                        flag(),
                        "Whether the model can be told how long to think before it answers")
                .notUsedYet()
                .key("contextTokens", atLeast(1), "Tokens that are used of those it can hold")
                .key(
                        "cost.{input,output,cacheRead,cacheWrite}",
                        decimal(0, 1e9),
                        "US dollars for a million tokens")
                .key("compat", anything(), "What its API lacks, as in OpenClaw");
    }
}
