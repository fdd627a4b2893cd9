package dev.evergate.app.cli;

import java.io.IOException;

/** The gateway closed the WebSocket, and said why. */
final class ConnectionClosed extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    ConnectionClosed(int code, String reason) {
        super(
                "The gateway closed the connection (code "
                        + code
                        + (reason.isEmpty() ? "" : ", " + reason)
                        + ")");
        this.code = code;
    }

    /** RFC 6455 section 7.4. */
    int code() {
        return code;
    }
}
