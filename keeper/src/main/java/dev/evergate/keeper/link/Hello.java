package dev.evergate.keeper.link;

/**
 * A generation's first message.
 *
 * @param generation the number it was started with
 * @param pid its process, which the kernel must confirm
 * @param version of the product
 * @param schema newest store format it writes
 * @param config hash of the configuration it read, empty while unknown
 */
public record Hello(long generation, long pid, String version, int schema, String config) {
    /** As a message of the link. */
    public LinkMessage toMessage() {
        return LinkMessage.of(Word.HELLO)
                .with("generation", generation)
                .with("pid", pid)
                .with("version", version)
                .with("schema", schema)
                .with("config", config);
    }

    /** From a message whose word is {@link Word#HELLO}. */
    public static Hello from(LinkMessage message) throws LinkFormatException {
        return new Hello(
                message.number("generation"),
                message.number("pid"),
                message.text("version"),
                message.smallNumber("schema"),
                message.text("config", ""));
    }
}
