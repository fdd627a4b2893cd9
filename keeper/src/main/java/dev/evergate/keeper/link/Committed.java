package dev.evergate.keeper.link;

/**
 * A successor has taken over.
 *
 * @param epoch under which it writes
 * @param adopted connections it has got from its predecessor
 */
public record Committed(long epoch, int adopted) {
    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.COMMITTED).with("epoch", epoch).with("adopted", adopted);
    }

    /** From a message whose word is {@link Word#COMMITTED}. */
    public static Committed from(LinkMessage message) throws LinkFormatException {
        return new Committed(message.number("epoch"), message.smallNumber("adopted"));
    }
}
