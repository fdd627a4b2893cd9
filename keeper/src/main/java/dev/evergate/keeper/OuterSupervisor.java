package dev.evergate.keeper;

import dev.evergate.keeper.os.NotifySocket;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Tells the service manager that started us where we stand ({@code sd_notify(3)}); silent without
 * one.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class OuterSupervisor {
    private final @Nullable NotifySocket socket;
    private final KeeperLog log;

    private OuterSupervisor(@Nullable NotifySocket socket, KeeperLog log) {
        this.socket = socket;
        this.log = log;
    }

    /** Connects to the address in {@code NOTIFY_SOCKET}, if there is one. */
    static OuterSupervisor connect(String address, KeeperLog log) {
        if (address.isEmpty()) {
            return new OuterSupervisor(null, log);
        }
        try {
            return new OuterSupervisor(new NotifySocket(address), log);
        } catch (IOException | IllegalArgumentException e) {
            log.warn(
                    "keeper.notify",
                    "The service manager cannot be told anything: " + e.getMessage());
            return new OuterSupervisor(null, log);
        }
    }

    void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    void stopping() {
        send("STOPPING=1\nSTATUS=stopping");
    }

    void status(String status) {
        send("STATUS=" + status);
    }

    private void send(String assignments) {
        if (socket == null) {
            return;
        }
        try {
            socket.send(assignments);
        } catch (IOException e) {
            log.info("keeper.notify", "The service manager was not told: " + e.getMessage());
        }
    }
}
