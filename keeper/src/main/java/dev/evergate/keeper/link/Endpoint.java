package dev.evergate.keeper.link;

/**
 * A listener by name and place; all three together are its identity at the keeper.
 *
 * @param name what the generation calls it, for example {@code control}
 * @param address an IPv4 or IPv6 literal
 * @param port 0–65535; 0 in a request lets the kernel choose, once
 */
public record Endpoint(String name, String address, int port) {
    public Endpoint {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }

    /** As a message with the given word. */
    public LinkMessage toMessage(String word) {
        return LinkMessage.of(word).with("name", name).with("address", address).with("port", port);
    }

    /** From a message that carries one. */
    public static Endpoint from(LinkMessage message) throws LinkFormatException {
        int port = message.smallNumber("port");
        if (port < 0 || port > 65535) {
            throw new LinkFormatException(
                    message.word() + " with port=" + port + " (expected: 0 to 65535)");
        }
        return new Endpoint(message.text("name"), message.text("address"), port);
    }

    /** For a sentence: {@code 127.0.0.1:18789} or {@code [::1]:18789}. */
    public String place() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }
}
