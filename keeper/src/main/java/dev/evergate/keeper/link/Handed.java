package dev.evergate.keeper.link;

/**
 * What a predecessor has handed over; the last one of several counts.
 *
 * @param moved connections that went over
 * @param cut connections that had to be closed
 * @param turns that were left running with the predecessor
 */
public record Handed(int moved, int cut, int turns) {
    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.HANDED)
                .with("moved", moved)
                .with("cut", cut)
                .with("turns", turns);
    }

    /** From a message whose word is {@link Word#HANDED}. */
    public static Handed from(LinkMessage message) throws LinkFormatException {
        return new Handed(
                message.smallNumber("moved"),
                message.smallNumber("cut"),
                message.smallNumber("turns"));
    }
}
