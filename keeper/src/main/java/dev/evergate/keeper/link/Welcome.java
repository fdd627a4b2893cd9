package dev.evergate.keeper.link;

/**
 * The keeper's answer to {@link Hello}.
 *
 * @param generation the number of this life
 * @param instance the keeper's life, a UUID
 * @param mode how to start: {@code normal}, {@code last-good} after failed starts with the present
 *     configuration, {@code safe} after more of them
 * @param dead the generation known to be dead whose leases may be taken, 0 for none
 * @param predecessor the generation that serves and shall hand over to this one, 0 for none
 * @param deadlineMs time left until {@link Word#READY}, or {@link Word#REHEARSED} beside a
 *     predecessor, is overdue
 */
public record Welcome(
        long generation,
        String instance,
        String mode,
        long dead,
        long predecessor,
        long deadlineMs) {
    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.WELCOME)
                .with("generation", generation)
                .with("instance", instance)
                .with("mode", mode)
                .with("dead", dead)
                .with("predecessor", predecessor)
                .with("deadlineMs", deadlineMs);
    }

    /** From a message whose word is {@link Word#WELCOME}. */
    public static Welcome from(LinkMessage message) throws LinkFormatException {
        return new Welcome(
                message.number("generation"),
                message.text("instance"),
                message.text("mode"),
                message.number("dead"),
                message.number("predecessor"),
                message.number("deadlineMs"));
    }
}
