package dev.evergate.server;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.server.spi.Restarts;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Restarts that a test makes up. Thread-safe. */
final class FakeRestarts implements Restarts {
    static final RestartReport REPORT =
            new RestartReport(
                    8, 7, "new code", "done", "", 1_795_300_000_000L, 640, Map.of("moved", "12"));

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
    public List<RestartReport> newest(int limit) {
        return List.of(REPORT);
    }

    @Override
    public Optional<RestartReport> find(long generation) {
        return Optional.of(REPORT).filter(report -> report.generation() == generation);
    }
}
