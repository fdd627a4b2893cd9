package dev.evergate.server.session;

import dev.evergate.server.access.Scrutiny;

import java.util.concurrent.TimeUnit;

/**
 * Ends a connection that would not be let in any more, as soon as it has the answers it waits for:
 * one may be to the very change that it does not outlive. Lives on the connection's loop.
 */
record SecondLook(ClientSession session, Shard shard, Scrutiny now) {
    private static final long PAUSE_MS = 20;

    /** One and a half seconds: with the close, whoever has to go is gone after three and a half. */
    private static final int LOOKS = 75;

    void begin() {
        look(LOOKS);
    }

    private void look(int left) {
        boolean isHere = session.isMovable() || session.isBound(); // and not on its way
        if (left > 0 && (session.isOwed() || !isHere)) {
            var _ = shard.loop().schedule(() -> look(left - 1), PAUSE_MS, TimeUnit.MILLISECONDS);
        } else if (isHere) {
            session.reconsider(now);
        }
    }
}
