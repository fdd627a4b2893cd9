package dev.evergate.keeper.link;

/**
 * The keeper tells one of two generations what to do with the other.
 *
 * @param other the successor in {@link Word#GIVE}, the predecessor in {@link Word#TAKE}
 * @param deadlineMs time until the hand-over is overdue
 */
public record Order(long other, long deadlineMs) {
    /** As a message with the word {@link Word#GIVE} or {@link Word#TAKE}. */
    public LinkMessage toMessage(String word) {
        return LinkMessage.of(word).with(key(word), other).with("deadlineMs", deadlineMs);
    }

    /** From a message whose word is {@link Word#GIVE} or {@link Word#TAKE}. */
    public static Order from(LinkMessage message) throws LinkFormatException {
        return new Order(message.number(key(message.word())), message.number("deadlineMs"));
    }

    private static String key(String word) {
        return word.equals(Word.GIVE) ? "successor" : "predecessor";
    }
}
