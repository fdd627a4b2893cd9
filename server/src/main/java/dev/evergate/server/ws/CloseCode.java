package dev.evergate.server.ws;

/** The close codes this server sends (RFC 6455 section 7.4 and protocol v4). */
public enum CloseCode {
    NORMAL(1000),
    PROTOCOL_ERROR(1002),
    NOT_UTF8(1007),
    POLICY(1008),
    TOO_BIG(1009),
    INTERNAL(1011),
    RESTART(1012),
    TRY_LATER(1013),
    /** Protocol v4: what let the client in does not count any more. */
    WITHDRAWN(4001);

    /** Stands for a close frame without a code; never sent. */
    public static final int NONE = 1005;

    private final int value;

    CloseCode(int value) {
        this.value = value;
    }

    public int value() {
        return value;
    }

    /** Whether a peer may send this code (RFC 6455 section 7.4, IANA registry). */
    static boolean isValidFromPeer(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
                || (code >= 3000 && code <= 4999);
    }
}
