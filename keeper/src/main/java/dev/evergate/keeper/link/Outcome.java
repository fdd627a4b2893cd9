package dev.evergate.keeper.link;

/**
 * What became of a {@link Wish}.
 *
 * @param requestId of the wish
 * @param isGranted whether it came true; for a stop: whether it has begun
 * @param generation the one that serves now, 0 for none
 * @param message for a person, empty when there is nothing to say
 */
public record Outcome(String requestId, boolean isGranted, long generation, String message) {
    /** The same for another wish. */
    public Outcome to(String otherRequestId) {
        return new Outcome(otherRequestId, isGranted, generation, message);
    }

    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.RESULT)
                .with("requestId", requestId)
                .with("ok", isGranted ? 1 : 0)
                .with("generation", generation)
                .with("message", LinkMessage.excerpt(message));
    }

    /** From a message whose word is {@link Word#RESULT}. */
    public static Outcome from(LinkMessage message) throws LinkFormatException {
        return new Outcome(
                message.text("requestId"),
                message.number("ok") == 1,
                message.number("generation"),
                message.text("message", ""));
    }
}
