package dev.evergate.keeper.link;

/**
 * Why a generation cannot serve.
 *
 * @param exit the code to end with, one of {@code ExitCode}
 * @param message for a person: what, which value, what was expected, which command helps
 */
public record Refusal(int exit, String message) {
    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.REFUSED)
                .with("exit", exit)
                .with("message", LinkMessage.excerpt(message));
    }

    /** From a message whose word is {@link Word#REFUSED}. */
    public static Refusal from(LinkMessage message) throws LinkFormatException {
        return new Refusal(message.smallNumber("exit"), message.text("message"));
    }
}
