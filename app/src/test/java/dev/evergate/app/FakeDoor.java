package dev.evergate.app;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** A door that remembers what was wanted. Thread-safe. */
final class FakeDoor implements Door {
    /** The wishes by request id. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    final List<String> reasons = new CopyOnWriteArrayList<>();
    volatile boolean isGone;

    @Override
    public Life life() {
        return new Life("instance", 1, 0, 0, StartMode.NORMAL);
    }

    @Override
    public boolean hasKeeper() {
        return true;
    }

    @Override
    public void own(StateDirectory state) {}

    @Override
    public OptionalInt open(String host, int port) {
        return OptionalInt.empty();
    }

    @Override
    public void retire(String host, int port) {}

    @Override
    public void rehearsed() {}

    @Override
    public void ready() {}

    @Override
    public void committed(long epoch, int adoptedConnections) {}

    @Override
    public void broken(String reason) {}

    @Override
    public void handed(int movedConnections, int cutConnections, int turns) {}

    @Override
    public void refused(ExitCode exit, String message) {}

    @Override
    public void wantRestart(String reason, String requestId) {
        if (isGone) {
            throw new EvergateException(ErrorCode.UNAVAILABLE, "the keeper has gone");
        }
        reasons.add(reason);
        requests.add(requestId);
    }

    @Override
    public long ownerPid() {
        return 4700;
    }

    @Override
    public void beat(String phase, Map<String, Long> loopAgesMs) {}

    @Override
    public void finished() {}
}
