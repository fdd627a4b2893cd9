package dev.evergate.app.config;

import dev.evergate.core.config.ConfigSnapshot;

/** Another process, which takes what this one cannot change about itself. Thread-safe. */
public interface NextGeneration {
    /** The process that starts generations. */
    long ownerPid();

    /**
     * Asks for a process with this configuration, and waits for nothing.
     *
     * @throws dev.evergate.core.fault.EvergateException if it cannot be asked for
     */
    void want(ConfigSnapshot config, String reason);
}
