package dev.evergate.app.cli;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ctrl-C while something can be stopped politely; the second one ends the process at once. */
final class Interrupt implements AutoCloseable {
    /** As shells see a process that SIGINT ended. */
    static final int EXIT_CODE = 130;

    private static final Signal SIGNAL = new Signal("INT");

    private final AtomicBoolean come = new AtomicBoolean();
    private final Runnable action;
    private Optional<SignalHandler> before = Optional.empty();

    private Interrupt(Runnable action) {
        this.action = action;
    }

    /** Until it is closed, the first Ctrl-C runs {@code action}, on a thread of the JVM. */
    static Interrupt handledBy(Runnable action) {
        var interrupt = new Interrupt(action);
        try {
            interrupt.before = Optional.of(Signal.handle(SIGNAL, _ -> interrupt.come()));
        } catch (IllegalArgumentException _) {
            // In a background job the shell had INT ignored, and so it stays.
        }
        return interrupt;
    }

    /** What Ctrl-C does. */
    void come() {
        if (!come.compareAndSet(false, true)) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        action.run();
    }

    boolean hasCome() {
        return come.get();
    }

    @Override
    public void close() {
        before.ifPresent(handler -> Signal.handle(SIGNAL, handler));
    }
}
