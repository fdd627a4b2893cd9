package dev.evergate.server.session;

import dev.evergate.server.move.Moving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Connections of one loop that are frozen together. Everything but {@link #await} and {@link
 * #connections} runs on that loop.
 */
final class FrozenBatch {
    private final Shard shard;
    private final CountDownLatch whole = new CountDownLatch(1);
    private final List<Moving> connections = new ArrayList<>();
    private List<ClientSession> sessions = List.of();
    private int awaited;

    FrozenBatch(Shard shard) {
        this.shard = shard;
    }

    Shard shard() {
        return shard;
    }

    List<ClientSession> sessions() {
        return sessions;
    }

    /**
     * Freezes up to {@code max} connections.
     *
     * @param relay where answers for a frozen one go
     * @param describe says what a frozen one consists of; empty if it has gone
     */
    void freeze(
            int max,
            Function<ClientSession, Requests.Relay> relay,
            Function<ClientSession, Optional<Moving>> describe) {
        sessions = shard.movable(max);
        awaited = sessions.size();
        if (sessions.isEmpty()) {
            whole.countDown();
        }
        for (ClientSession session : sessions) {
            var _ =
                    session.freeze(relay.apply(session))
                            .addListener(_ -> detached(describe.apply(session)));
        }
    }

    private void detached(Optional<Moving> connection) {
        connection.ifPresent(connections::add);
        awaited--;
        if (awaited == 0) {
            whole.countDown();
        }
    }

    /** Waits until all are frozen and described. */
    boolean await(long timeoutMs) throws InterruptedException {
        return whole.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** After {@link #await}: those that live. */
    List<Moving> connections() {
        return connections;
    }
}
