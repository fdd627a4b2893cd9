package dev.evergate.keeper.link;

/**
 * The keeper tells a generation to end.
 *
 * @param deadlineMs time until it is killed
 * @param reason {@code stop} or {@code handed}
 */
public record StopOrder(long deadlineMs, String reason) {
    /** The reason when the whole gateway stops. */
    public static final String STOP = "stop";

    /** The reason when a successor serves already: only what still runs is to end. */
    public static final String HANDED = "handed";

    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.STOP).with("deadlineMs", deadlineMs).with("reason", reason);
    }

    /** From a message whose word is {@link Word#STOP}. */
    public static StopOrder from(LinkMessage message) throws LinkFormatException {
        return new StopOrder(message.number("deadlineMs"), message.text("reason", ""));
    }
}
