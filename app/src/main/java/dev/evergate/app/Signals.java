package dev.evergate.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import sun.misc.Signal;

/** Signals of this process. Thread-safe: handlers run on threads of the JVM. */
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** Runs {@code action} at each signal of this name (without {@code SIG}); it must not wait. */
    static void on(String name, Runnable action) {
        try {
            Signal.handle(new Signal(name), _ -> action.run());
        } catch (IllegalArgumentException e) {
            // INT belongs to the shell in a background job, HUP to nohup, USR2 to a JVM that
            // nobody told to use another one; everything else still works.
            log.info("No handler for SIG{}: {}", name, e.getMessage());
        }
    }
}
