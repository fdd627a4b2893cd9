package dev.evergate.keeper;

import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.Opened;
import dev.evergate.keeper.os.Errno;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PortHolder;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.supervisor.StoredListeners;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The listening sockets, held from the first time a generation asks until one no longer does.
 *
 * <p>While a successor is tried beside the generation that serves, what each of them asked for is
 * held; what becomes of it is decided when the successor has taken over or is given up.
 *
 * <p>A generation that dies takes nothing with it: the kernel queues connections for as long as the
 * door holds the socket. Thread-safety: confined to the keeper's loop.
 */
final class Door {
    private static final int BACKLOG = 4096;
    private static final int LISTENERS_MAX = 16;

    private final Map<Endpoint, TcpListener> held = new HashMap<>();
    private final Set<Endpoint> wanted = new HashSet<>();
    private final Set<Endpoint> wantedBeside = new HashSet<>();
    private final StoredListeners stored;
    private boolean isHeldElsewhere;

    /** Opens only what was not stored for it. */
    Door(StoredListeners stored) {
        this.stored = stored;
    }

    /** What became of a request: a listener that stays the door's, or why there is none. */
    sealed interface Answer {
        /** It listens at the port it is bound to. */
        record Held(Endpoint actual, TcpListener listener) implements Answer {}

        /** It cannot listen. */
        record Failed(Opened.Cannot cannot) implements Answer {}
    }

    /** A new main generation begins to ask. */
    void forgetWishes() {
        wanted.clear();
        wantedBeside.clear();
        isHeldElsewhere = false;
    }

    /** What the one beside it has asked for is what the main one wants from now on. */
    void promote() {
        wanted.clear();
        wanted.addAll(wantedBeside);
        wantedBeside.clear();
    }

    /** The one beside the main one wants nothing any more; says what was closed. */
    List<Endpoint> giveUpBeside() {
        List<Endpoint> asked = new ArrayList<>(wantedBeside);
        wantedBeside.clear();
        asked.removeAll(wanted);
        List<Endpoint> closed = new ArrayList<>();
        for (Endpoint endpoint : asked) {
            if (close(endpoint)) {
                closed.add(endpoint);
            }
        }
        return closed;
    }

    /** Whether the present generation was refused a port because somebody else has it. */
    boolean isHeldElsewhere() {
        return isHeldElsewhere;
    }

    /** Opens a listener for a generation, or finds the one of that name and place. */
    Answer open(Endpoint endpoint, GatewayPhase.Role role) {
        try {
            TcpListener listener = held.get(endpoint);
            if (listener == null) {
                if (held.size() == LISTENERS_MAX) {
                    return failed(endpoint, "too many listeners", "");
                }
                listener = listen(endpoint, role);
                held.put(endpoint, listener);
                stored.keep(endpoint.name(), endpoint.address(), endpoint.port(), listener);
            }
            wishes(role).add(endpoint);
            return new Answer.Held(
                    new Endpoint(endpoint.name(), endpoint.address(), listener.port()), listener);
        } catch (OsException e) {
            isHeldElsewhere |= e.is(Errno.EADDRINUSE);
            String holder = e.is(Errno.EADDRINUSE) ? holders(endpoint.port()) : "";
            return failed(endpoint, e.reason(), holder);
        } catch (IllegalArgumentException e) {
            return failed(endpoint, String.valueOf(e.getMessage()), "");
        }
    }

    /** A listener of an earlier generation on another address of the port gives way. */
    private TcpListener listen(Endpoint endpoint, GatewayPhase.Role role) throws OsException {
        Optional<TcpListener> given = stored.claim(endpoint.address(), endpoint.port());
        if (given.isPresent()) {
            return given.get();
        }
        try {
            return TcpListener.open(endpoint.address(), endpoint.port(), BACKLOG);
        } catch (OsException e) {
            if (!e.is(Errno.EADDRINUSE) || !hasMadeRoom(endpoint.port(), role)) {
                throw e;
            }
            return TcpListener.openBeside(
                    at(endpoint.port()), endpoint.address(), endpoint.port(), BACKLOG);
        }
    }

    /**
     * What is wanted stays, and others are opened beside it: a successor's, or those of a serving
     * generation that is about to move. Says whether it is worth another try.
     */
    private boolean hasMadeRoom(int port, GatewayPhase.Role role) {
        boolean hasMadeRoom = false;
        if (role == GatewayPhase.Role.MAIN) {
            for (Endpoint unwanted : unwanted()) {
                if (unwanted.port() == port) {
                    hasMadeRoom |= close(unwanted);
                }
            }
        }
        return hasMadeRoom || !at(port).isEmpty();
    }

    private List<TcpListener> at(int port) {
        List<TcpListener> there = new ArrayList<>();
        for (Map.Entry<Endpoint, TcpListener> each : held.entrySet()) {
            if (each.getKey().port() == port) {
                there.add(each.getValue());
            }
        }
        return there;
    }

    /** A generation no longer needs a listener: it is closed unless the other one does. */
    void retire(Endpoint endpoint, GatewayPhase.Role role) {
        wishes(role).remove(endpoint);
        if (!wanted.contains(endpoint) && !wantedBeside.contains(endpoint)) {
            close(endpoint);
        }
    }

    /** Closes what the generation that serves now has not asked for, and says what that was. */
    List<Endpoint> closeUnwanted() {
        List<Endpoint> unwanted = unwanted();
        for (Endpoint endpoint : unwanted) {
            close(endpoint);
        }
        stored.closeUnclaimed();
        return unwanted;
    }

    private boolean close(Endpoint endpoint) {
        TcpListener listener = held.remove(endpoint);
        if (listener == null) {
            return false;
        }
        listener.close();
        stored.retire(endpoint.name(), endpoint.address(), endpoint.port());
        return true;
    }

    private List<Endpoint> unwanted() {
        List<Endpoint> unwanted = new ArrayList<>(held.keySet());
        unwanted.removeAll(wanted);
        unwanted.removeAll(wantedBeside);
        return unwanted;
    }

    private Set<Endpoint> wishes(GatewayPhase.Role role) {
        return switch (role) {
            case MAIN -> wanted;
            case BESIDE -> wantedBeside;
        };
    }

    /** Where it listens now, each as {@code address:port}. */
    List<String> places() {
        List<String> places = new ArrayList<>();
        for (Map.Entry<Endpoint, TcpListener> each : held.entrySet()) {
            try {
                Endpoint asked = each.getKey();
                int port = each.getValue().port();
                places.add(new Endpoint(asked.name(), asked.address(), port).place());
            } catch (OsException e) {
                // It is being closed.
            }
        }
        return places;
    }

    Collection<TcpListener> listeners() {
        return held.values();
    }

    void close() {
        for (TcpListener listener : held.values()) {
            listener.close();
        }
        held.clear();
    }

    private static Answer failed(Endpoint endpoint, String reason, String holder) {
        return new Answer.Failed(new Opened.Cannot(endpoint, reason, holder));
    }

    private static String holders(int port) {
        StringBuilder text = new StringBuilder();
        for (PortHolder holder : PortHolder.find(port)) {
            text.append(text.isEmpty() ? "" : ", ").append(holder);
        }
        return text.toString();
    }
}
