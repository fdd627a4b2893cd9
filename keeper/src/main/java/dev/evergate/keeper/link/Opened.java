package dev.evergate.keeper.link;

import dev.evergate.keeper.os.Descriptor;

/** What became of a request to open a listener. */
public sealed interface Opened {
    /**
     * It listens.
     *
     * @param endpoint with the port it is bound to
     * @param descriptor a non-blocking listening socket, now the receiver's own
     */
    record Granted(Endpoint endpoint, Descriptor descriptor) implements Opened {}

    /**
     * It cannot be opened.
     *
     * @param reason for a person, for example {@code address already in use}
     * @param holder who has the port, for example {@code nginx (pid 4711)}; empty when unknown
     */
    record Cannot(Endpoint endpoint, String reason, String holder) implements Opened {
        /** As a message of the link. */
        public LinkMessage toMessage() {
            return endpoint.toMessage(Word.CANNOT)
                    .with("reason", LinkMessage.excerpt(reason))
                    .with("holder", LinkMessage.excerpt(holder));
        }

        /** From a message whose word is {@link Word#CANNOT}. */
        public static Cannot from(LinkMessage message) throws LinkFormatException {
            return new Cannot(
                    Endpoint.from(message), message.text("reason"), message.text("holder", ""));
        }
    }
}
