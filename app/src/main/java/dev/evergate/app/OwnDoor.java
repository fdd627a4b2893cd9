package dev.evergate.app;

import dev.evergate.core.time.Ids;
import dev.evergate.keeper.ExitCode;

import sun.misc.Signal;

import java.util.Map;
import java.util.OptionalInt;

/** No keeper: this process owns its port and its life, and signals are its own. */
final class OwnDoor implements Door {
    private static final long STOP_BUDGET_MS = 12_000;

    private final Life life;

    OwnDoor(Ids ids, Asked asked) {
        this.life = new Life(ids.next(), 0, 0);
        on("TERM", asked, new StopRequest(STOP_BUDGET_MS, ExitCode.OK, false, "SIGTERM"));
        on("INT", asked, new StopRequest(STOP_BUDGET_MS, ExitCode.OK, false, "SIGINT"));
        on("USR1", asked, new StopRequest(STOP_BUDGET_MS, ExitCode.RESTART, true, "SIGUSR1"));
    }

    private static void on(String signal, Asked asked, StopRequest request) {
        try {
            Signal.handle(new Signal(signal), _ -> asked.accept(request));
        } catch (IllegalArgumentException e) {
            // In a background job INT belongs to the shell; everything else still works.
            org.slf4j.LoggerFactory.getLogger(OwnDoor.class)
                    .info("No handler for {}: {}", signal, e.getMessage());
        }
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
