package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.Sender;
import dev.evergate.core.gateway.ModelChoice;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.MessageOptions.Terms;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Enclosures;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client says with a call: its words, what it encloses, and how it wants to be answered.
 * Immutable.
 */
record Utterance(Content content, List<Attachment> attachments, MessageOptions options) {
    private static final long TIMEOUT_MS_MAX = 86_400_000;

    /**
     * Reads a call.
     *
     * @param text its words, which may be empty if something is enclosed
     */
    static Utterance of(Params params, String text) {
        return of(
                params,
                text,
                new MessageOptions(
                        "",
                        params.optionalText("thinking").orElse(""),
                        params.optionalInteger("timeoutMs", 0, Long.MAX_VALUE).orElse(0),
                        "",
                        List.of(),
                        Terms.NONE));
    }

    /** The same of the method {@code agent}, which says some things in its own way. */
    static Utterance ofAgent(Params params, String text, ConfigSnapshot config) {
        long timeoutMs =
                1000 * params.optionalInteger("timeout", 0, TIMEOUT_MS_MAX / 1000).orElse(0);
        return of(
                params,
                text,
                new MessageOptions(
                        model(params, config),
                        params.optionalText("thinking").orElse(""),
                        timeoutMs,
                        params.optionalText("extraSystemPrompt").orElse(""),
                        List.of(),
                        Terms.NONE));
    }

    /** Refuses one who may not choose: another model costs what its owner has not agreed to. */
    static Optional<WireError> refusal(Params params, Grant grant) {
        boolean isChosen = params.has("model") || params.has("provider");
        return isChosen && !grant.allows(Scope.ADMIN)
                ? Optional.of(WireError.missingScope(Scope.ADMIN.wireName()))
                : Optional.empty();
    }

    private static String model(Params params, ConfigSnapshot config) {
        Optional<String> model = params.optionalName("model");
        Optional<String> provider = params.optionalName("provider");
        return model.map(name -> provider.map(id -> id + "/" + name).orElse(name))
                .map(name -> ModelChoice.named(name, config).toString())
                .orElse("");
    }

    private static Utterance of(Params params, String text, MessageOptions options) {
        Enclosures enclosed = Enclosures.read(params.objects("attachments"));
        List<Content.Block> blocks = new ArrayList<>();
        if (!text.isBlank() || enclosed.blocks().isEmpty()) {
            blocks.add(new Content.Block.Text(text));
        }
        blocks.addAll(enclosed.blocks());
        return new Utterance(new Content(blocks), enclosed.attachments(), options);
    }

    Gateway.Message to(String sessionKey, String idempotencyKey, Sender sender) {
        return new Gateway.Message(
                sessionKey, content, attachments, idempotencyKey, sender, options);
    }
}
