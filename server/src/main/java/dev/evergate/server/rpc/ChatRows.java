package dev.evergate.server.rpc;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.server.access.Scope;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.Shapes;

import java.util.List;
import java.util.Optional;

/** {@code chat.*}: single rows of a conversation, and what a client's composer needs to know. */
final class ChatRows {
    private static final int KEY_CHARS_MAX = 512;
    private static final int LABEL_CHARS_MAX = 100;
    private static final int MESSAGE_CHARS_MAX = 2_000_000;
    private static final int MESSAGE_CHARS_DEFAULT = 1_000_000;

    List<Method> methods() {
        return List.of(
                Method.inline("chat.metadata", Scope.READ, ChatRows::metadata),
                Method.blocking("chat.message.get", Scope.READ, ChatRows::message),
                Method.blocking("chat.inject", Scope.ADMIN, ChatRows::inject));
    }

    private static void metadata(Call call) {
        Gateway gateway = call.gateway();
        call.answer(
                out -> {
                    out.writeStartObject();
                    ModelMethods.models(out, gateway.config());
                    CatalogMethods.commands(out, gateway);
                    out.writeEndObject();
                });
    }

    private static void message(Call call) {
        Params params = call.params();
        Optional<TranscriptRow> row =
                call.gateway()
                        .conversations()
                        .row(params.text("sessionKey", KEY_CHARS_MAX), params.text("messageId"));
        int charsMax =
                (int)
                        params.optionalInteger("maxChars", 1, MESSAGE_CHARS_MAX)
                                .orElse(MESSAGE_CHARS_DEFAULT);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", row.isPresent());
                    if (row.isPresent()) {
                        out.writeName("message");
                        Shapes.message(out, Shapes.cut(row.get(), charsMax));
                    } else {
                        out.writeStringProperty("unavailableReason", "not_found");
                    }
                    out.writeEndObject();
                });
    }

    private static void inject(Call call) {
        Params params = call.params();
        String message = params.text("message");
        String text =
                params.optionalText("label", LABEL_CHARS_MAX)
                        .filter(label -> !label.isBlank())
                        .map(label -> "[" + label.strip() + "]\n\n" + message)
                        .orElse(message);
        TranscriptRow row =
                call.gateway()
                        .conversations()
                        .inject(params.text("sessionKey", KEY_CHARS_MAX), text);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("messageId", row.id());
                    out.writeEndObject();
                });
    }
}
