package dev.evergate.server.rpc;

import dev.evergate.server.access.Scope;

import java.util.Optional;

/**
 * Something a client can call.
 *
 * @param scope it needs; empty for what every connection may do
 * @param isBlocking whether it may wait, and so runs on a virtual thread instead of the event loop
 */
public record Method(String name, Optional<Scope> scope, boolean isBlocking, Handler handler) {
    private static final String SUSPENSION = "gateway.suspend.";

    /** Whether it has to wait while the gateway is suspended. */
    public boolean isSuspendable() {
        return !name.startsWith(SUSPENSION);
    }

    /** What it does. An {@code EvergateException} becomes the failed answer. */
    public interface Handler {
        void handle(Call call);
    }

    static Method inline(String name, Scope scope, Handler handler) {
        return new Method(name, Optional.of(scope), false, handler);
    }

    static Method blocking(String name, Scope scope, Handler handler) {
        return new Method(name, Optional.of(scope), true, handler);
    }
}
