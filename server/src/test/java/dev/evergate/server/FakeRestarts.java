package dev.evergate.server;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.Restarts;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Restarts that a test makes up. Thread-safe. */
final class FakeRestarts implements Restarts {
    static final JsonNode REPORT =
            TestServer.json("{\"generation\":8,\"from\":7,\"result\":\"committed\"}");

    final List<String> reasons = new CopyOnWriteArrayList<>();
    volatile Work work = new Work(0, 0);
    volatile boolean isStopping;

    @Override
    public Work work() {
        return work;
    }

    @Override
    public Asked ask(String reason) {
        if (isStopping) {
            throw new EvergateException(ErrorCode.UNAVAILABLE, "the gateway stops");
        }
        boolean isJoined = !reasons.isEmpty();
        reasons.add(reason);
        return new Asked(4700, isJoined);
    }

    @Override
    public List<JsonNode> newest(int limit) {
        return List.of(REPORT);
    }

    @Override
    public Optional<JsonNode> find(long generation) {
        return Optional.of(REPORT)
                .filter(report -> report.path("generation").asLong(0) == generation);
    }
}
