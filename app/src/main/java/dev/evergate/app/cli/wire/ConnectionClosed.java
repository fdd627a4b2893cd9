package dev.evergate.app.cli.wire;

import java.io.IOException;

/** The gateway closed the WebSocket, and said why. */
public final class ConnectionClosed extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    public ConnectionClosed(int code, String reason) {
        super(
                "The gateway closed the connection (code "
                        + code
                        + (reason.isEmpty() ? "" : ", " + reason)
                        + ")");
        this.code = code;
    }

    /** RFC 6455 section 7.4. */
    public int code() {
        return code;
    }
}
