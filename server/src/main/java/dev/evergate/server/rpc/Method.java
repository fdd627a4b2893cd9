package dev.evergate.server.rpc;

import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;

import java.util.Optional;

/**
 * Something a client can call.
 *
 * @param scope it needs; empty for what every connection of its role may do
 * @param isBlocking whether it may wait, and so runs on a virtual thread instead of the event loop
 * @param isForNodes whether nodes call it; otherwise operators do
 * @param auditing how its use is written down
 */
public record Method(
        String name,
        Optional<Scope> scope,
        boolean isBlocking,
        Handler handler,
        boolean isForNodes,
        Auditing auditing) {
    private static final String SUSPENSION = "gateway.suspend.";

    public Method {
        if (auditing.isSingle() && !isBlocking) {
            throw new IllegalArgumentException(name + " must not wait for the audit log");
        }
    }

    /** What does not only read is written down unless it says otherwise: nobody can forget that. */
    Method(String name, Optional<Scope> scope, boolean isBlocking, Handler handler) {
        this(
                name,
                scope,
                isBlocking,
                handler,
                false,
                isBlocking && scope.filter(it -> it != Scope.READ).isPresent()
                        ? Auditing.REQUIRED
                        : Auditing.NEVER);
    }

    /**
     * Whether it has to wait while the gateway is suspended; what nodes bring has been waited for.
     */
    public boolean isSuspendable() {
        return !isForNodes && !name.startsWith(SUSPENSION);
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

    static Method ofNodes(String name, Handler handler) {
        return new Method(name, Optional.empty(), true, handler, true, Auditing.COUNTED);
    }

    /** The same, written down in this way. */
    Method audited(Auditing how) {
        return new Method(name, scope, isBlocking, handler, isForNodes, how);
    }

    /** The same, done by somebody else. */
    Method handledBy(Handler other) {
        return new Method(name, scope, isBlocking, other, isForNodes, auditing);
    }
}
