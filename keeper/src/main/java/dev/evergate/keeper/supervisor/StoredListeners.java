package dev.evergate.keeper.supervisor;

import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.TcpListener;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Listening sockets that outlive us at the service manager: those it gave us at our start, from its
 * store or because it opened them for us ({@code sd_listen_fds(3)}), and those it is to keep.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
public final class StoredListeners {
    private static final int FIRST = 3;
    private static final int LISTENERS_MAX = 64;

    private final ServiceManager manager;
    private final Consumer<String> log;
    private final List<Given> given = new ArrayList<>();

    private record Given(String name, TcpListener listener) {}

    private StoredListeners(ServiceManager manager, Consumer<String> log) {
        this.manager = manager;
        this.log = log;
    }

    /** Takes what was given to this process and to no other one. */
    public static StoredListeners take(
            Map<String, String> environment,
            long pid,
            ServiceManager manager,
            Consumer<String> log) {
        StoredListeners stored = new StoredListeners(manager, log);
        if (environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            List<String> names = parts(environment.getOrDefault("LISTEN_FDNAMES", ""));
            int count = count(environment.getOrDefault("LISTEN_FDS", ""));
            for (int i = 0; i < count; i++) {
                stored.take(FIRST + i, i < names.size() ? names.get(i) : "unknown");
            }
        }
        return stored;
    }

    private void take(int number, String name) {
        Descriptor descriptor = new Descriptor(number);
        try {
            Optional<TcpListener> listener = TcpListener.inherited(descriptor);
            if (listener.isPresent()) {
                given.add(new Given(name, listener.get()));
                return;
            }
            log.accept("Descriptor " + number + " (" + name + ") is no listening TCP socket");
        } catch (OsException e) {
            log.accept("Descriptor " + number + " (" + name + "): " + e.getMessage());
        }
        descriptor.close();
        forget(name);
    }

    /**
     * A listener that was given to us and is bound there, from now on the caller's.
     *
     * @param port 0 for any
     */
    public Optional<TcpListener> claim(String address, int port) throws OsException {
        for (Given each : given) {
            if (each.listener.isAt(address) && (port == 0 || each.listener.port() == port)) {
                given.remove(each);
                log.accept(
                        each.name + " was kept for us at " + address + ":" + each.listener.port());
                return Optional.of(each.listener);
            }
        }
        return Optional.empty();
    }

    /** Lets the service manager keep a copy until {@link #retire}. */
    public void keep(String name, String address, int port, TcpListener listener) {
        if (manager.isPresent()
                && !manager.store(key(name, address, port), listener.descriptor())) {
            log.accept(
                    name + " at " + address + ":" + port + " is not kept by the service manager");
        }
    }

    /** The copy is no longer needed. */
    public void retire(String name, String address, int port) {
        forget(key(name, address, port));
    }

    /** Closes what nobody has claimed. */
    public void closeUnclaimed() {
        for (Given each : given) {
            log.accept(each.name + " was kept for us, but nobody wants it; it is closed");
            each.listener.close();
            forget(each.name);
        }
        given.clear();
    }

    private void forget(String name) {
        if (manager.isPresent()) {
            manager.remove(name);
        }
    }

    /** Colons separate names in {@code LISTEN_FDNAMES}. */
    private static String key(String name, String address, int port) {
        return name + "-" + address.replace(':', '_') + "-" + port;
    }

    private static int count(String text) {
        try {
            return Math.clamp(Integer.parseInt(text), 0, LISTENERS_MAX);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        for (int at = 0, end; at < text.length(); at = end + 1) {
            end = text.indexOf(':', at);
            end = end < 0 ? text.length() : end;
            parts.add(text.substring(at, end));
        }
        return parts;
    }
}
