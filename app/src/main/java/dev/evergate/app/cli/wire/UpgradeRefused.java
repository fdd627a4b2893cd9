package dev.evergate.app.cli.wire;

import java.io.IOException;

/** Somebody answered, but not with a WebSocket. */
public final class UpgradeRefused extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public UpgradeRefused(String statusLine) {
        super("no WebSocket there, the answer was \"" + statusLine + "\"");
        this.retryable = statusLine.contains(" 503");
    }

    /** Whether it is only a matter of time: a gateway that starts or drains. */
    public boolean isRetryable() {
        return retryable;
    }
}
