package dev.evergate.app.process;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Wish;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.time.Wait;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a gateway's keeper for restarts, as the command line does. Thread-safe. */
final class Restarts {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final GatewayProcess gateway;
    private final AtomicInteger asked = new AtomicInteger();

    Restarts(GatewayProcess gateway) {
        this.gateway = gateway;
    }

    /** Asks once and waits for what becomes of it. */
    Outcome ask() throws IOException {
        try (KeeperClient keeper = KeeperClient.connect(gateway.stateDir())) {
            String id = "restart-" + asked.incrementAndGet();
            return keeper.want(new Wish(Wish.Kind.RESTART, "a test", id, ""), PATIENCE);
        }
    }

    /** Asks, and waits until the generation before is gone. */
    Outcome askAndAwaitEnd() throws IOException {
        Outcome outcome = ask();
        awaitOne();
        return outcome;
    }

    /** Waits until exactly one generation is left. */
    void awaitOne() {
        Wait.until(
                () -> "one generation is left; " + gateway.describe(),
                () -> gateway.generations().size() == 1);
    }

    /** The number of the generation that serves, as the keeper says. */
    long serving() throws IOException {
        try (KeeperClient keeper = KeeperClient.connect(gateway.stateDir())) {
            return keeper.who().generation();
        }
    }
}
