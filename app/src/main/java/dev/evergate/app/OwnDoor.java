package dev.evergate.app;

import dev.evergate.core.time.Ids;
import dev.evergate.keeper.ExitCode;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** No keeper: this process owns its port and its life, and signals are its own. */
final class OwnDoor implements Door {
    private static final long STOP_BUDGET_MS = 12_000;

    private final Life life;

    OwnDoor(Ids ids, Asked asked) {
        this.life = new Life(ids.next(), 0, 0, StartMode.NORMAL);
        for (String end : List.of("TERM", "INT")) {
            Signals.on(end, () -> asked.stop(request(ExitCode.OK, false, end)));
        }
        for (String restart : List.of("USR1", "USR2")) {
            Signals.on(restart, () -> asked.stop(request(ExitCode.RESTART, true, restart)));
        }
        Signals.on("HUP", asked::reload);
    }

    private static StopRequest request(ExitCode exit, boolean successorComes, String signal) {
        return new StopRequest(STOP_BUDGET_MS, exit, successorComes, "SIG" + signal);
    }

    @Override
    public Life life() {
        return life;
    }

    @Override
    public OptionalInt open(String host, int port) {
        return OptionalInt.empty();
    }

    @Override
    public void ready() {}

    @Override
    public void refused(ExitCode exit, String message) {
        System.err.println(message);
    }

    @Override
    public void beat(String phase, Map<String, Long> loopAgesMs) {}

    @Override
    public void finished() {}
}
