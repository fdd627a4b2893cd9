package dev.evergate.server;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;
import dev.evergate.server.spi.Identity;
import dev.evergate.server.spi.LogSource;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * HTTP and WebSocket on one port, for any number of listeners.
 *
 * <p>Thread-safe. Order of life: construct, {@link #start}, {@link #adopt} or {@link #open} each
 * listener, {@link #announceStop} when the end is near, {@link #stop}, {@link #close}. Between stop
 * and close the door still answers health probes (strict: 503) and refuses everything else.
 */
public final class ControlServer implements Component, AutoCloseable {

    /**
     * @param readiness the newest published snapshot; must not wait
     * @param faults is told of bugs; must not throw
     */
    public ControlServer(
            Gateway gateway,
            Supplier<Readiness> readiness,
            LogSource logs,
            Identity identity,
            World world,
            Consumer<Throwable> faults) {}

    @Override
    public String name() {
        return "server";
    }

    /** Starts the loops; opens no listener. */
    @Override
    public void start() {}

    /**
     * Serves a listening socket that another process opened. The descriptor must be non-blocking
     * and listening; this server owns it from now on.
     *
     * @param name of the listener, unique here
     */
    public void adopt(String name, int descriptor) {}

    /**
     * Binds and serves a socket of our own; returns its address (port 0 picks one).
     *
     * @throws dev.evergate.core.fault.EvergateException ADDRESS_IN_USE
     */
    public InetSocketAddress open(String name, InetSocketAddress address) {
        return address;
    }

    /** Stops accepting on a listener and closes it; connections it brought stay. */
    public void retire(String name) {}

    /**
     * Refuses new work from now on and tells every client that the end is near: event {@code
     * shutdown}, then close 1012. Does not wait.
     *
     * @param restartExpectedMs how long until somebody serves again; 0 if nobody will
     */
    public void announceStop(String reason, long restartExpectedMs) {}

    /**
     * Closes every connection, by force what does not answer within 500 ms or the deadline, and
     * ends the worker loops. The door stays.
     */
    @Override
    public void stop(Deadline deadline) {}

    /** Closes the listeners and ends the door. */
    @Override
    public void close() {}

    /** How long each loop has not answered, in milliseconds, by name; for the watchdog. */
    public Map<String, Long> loopAgesMs() {
        return Map.of();
    }

    /** Connections of any kind right now. */
    public int connections() {
        return 0;
    }
}
