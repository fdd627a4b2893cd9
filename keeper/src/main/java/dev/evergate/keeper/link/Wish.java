package dev.evergate.keeper.link;

import java.util.Locale;

/**
 * A request for a restart or a stop of the gateway.
 *
 * @param reason for the log and for clients
 * @param requestId repeated in the {@link Outcome}
 * @param target hash of the configuration the restart is for, empty for "as it is"
 */
public record Wish(Kind kind, String reason, String requestId, String target) {
    /** What is wished for. */
    public enum Kind {
        RESTART,
        STOP
    }

    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.WANT)
                .with("kind", kind.name().toLowerCase(Locale.ROOT))
                .with("reason", LinkMessage.excerpt(reason))
                .with("requestId", requestId)
                .with("target", target);
    }

    /** From a message whose word is {@link Word#WANT}. */
    public static Wish from(LinkMessage message) throws LinkFormatException {
        String kind = message.text("kind");
        return new Wish(
                switch (kind) {
                    case "restart" -> Kind.RESTART;
                    case "stop" -> Kind.STOP;
                    default ->
                            throw new LinkFormatException(
                                    "WANT with kind=" + kind + " (expected: restart or stop)");
                },
                message.text("reason", ""),
                message.text("requestId", ""),
                message.text("target", ""));
    }
}
