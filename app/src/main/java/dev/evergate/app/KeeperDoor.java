package dev.evergate.app;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.Hello;
import dev.evergate.keeper.link.KeeperLink;
import dev.evergate.keeper.link.Opened;
import dev.evergate.keeper.link.Order;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.link.Wish;
import dev.evergate.keeper.os.Descriptor;
import dev.evergate.store.SqlStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A door that a keeper holds. */
final class KeeperDoor implements Door {
    private static final Logger log = LoggerFactory.getLogger(KeeperDoor.class);

    /**
     * Without a keeper nobody owns the port: whatever is not done by then is left to the next
     * generation.
     */
    private static final long LOST_BUDGET_MS = 1_500;

    private static final String LISTENER = "control";

    private final KeeperLink link;
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getGarbageCollectorMXBeans();

    private KeeperDoor(KeeperLink link) {
        this.link = link;
    }

    /** Whether a keeper started this process. */
    static boolean isOffered(Map<String, String> environment) {
        return environment.containsKey(KeeperLink.SOCKET_VARIABLE);
    }

    @Override
    public boolean hasKeeper() {
        return true;
    }

    /** Says hello to the keeper that started this process. */
    static KeeperDoor knock(Map<String, String> environment, Asked asked, RestartDesk restarts) {
        try {
            var hello =
                    new Hello(
                            Long.parseLong(
                                    environment.getOrDefault(KeeperLink.GENERATION_VARIABLE, "0")),
                            ProcessHandle.current().pid(),
                            Version.current(),
                            SqlStore.schema(),
                            "");
            Path socket = Path.of(environment.getOrDefault(KeeperLink.SOCKET_VARIABLE, ""));
            var door = new KeeperDoor(KeeperLink.connect(socket, hello, orders(asked, restarts)));
            door.passSignalsOn(asked);
            return door;
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.INTERNAL, "The keeper cannot be reached: " + e.getMessage(), e);
        }
    }

    /** A signal that was meant for the gateway and sent to us does what it would there, once. */
    private void passSignalsOn(Asked asked) {
        for (String end : List.of("TERM", "INT")) {
            Signals.on(end, () -> passOn(Wish.Kind.STOP, end));
        }
        for (String restart : List.of("USR1", "USR2")) {
            Signals.on(restart, () -> passOn(Wish.Kind.RESTART, restart));
        }
        Signals.on("HUP", asked::reload);
    }

    private void passOn(Wish.Kind kind, String signal) {
        try {
            link.want(new Wish(kind, "SIG" + signal + " to the generation", signal, ""));
        } catch (IOException e) {
            log.debug("Nobody to pass SIG{} to: {}", signal, e.getMessage());
        }
    }

    private static KeeperLink.Orders orders(Asked asked, RestartDesk restarts) {
        return new KeeperLink.Orders() {
            @Override
            public void stop(StopOrder order) {
                Next next =
                        order.reason().equals(StopOrder.HANDED)
                                ? Next.SUCCESSOR_SERVES
                                : Next.NOBODY;
                asked.stop(new StopRequest(order.deadlineMs(), ExitCode.OK, next, order.reason()));
            }

            @Override
            public void give(Order order, Descriptor peer) {
                speakTo(peer).ifPresent(socket -> asked.give(socket, order.deadlineMs()));
            }

            @Override
            public void take(Order order, Optional<Descriptor> peer) {
                if (peer.isEmpty()) {
                    asked.take(Optional.empty(), order.deadlineMs());
                } else {
                    speakTo(peer.get())
                            .ifPresent(from -> asked.take(Optional.of(from), order.deadlineMs()));
                }
            }

            @Override
            public void abort(String reason) {
                asked.abort(reason);
            }

            @Override
            public void event(String name, Map<String, String> fields) {
                switch (name) {
                    case "reload" -> asked.reload();
                    case "restart" -> restarts.report(fields);
                    default -> log.info("Keeper says {} {}", name, fields);
                }
            }

            @Override
            public void outcome(Outcome outcome) {
                restarts.outcome(outcome);
            }

            @Override
            public void lost() {
                asked.keeperLost(
                        new StopRequest(
                                LOST_BUDGET_MS,
                                ExitCode.UNEXPECTED,
                                Next.NOBODY,
                                "the keeper has gone"));
            }
        };
    }

    /** Without its options the socket is of no use; the hand-over fails by its deadline. */
    private static Optional<PeerSocket> speakTo(Descriptor peer) {
        try {
            return Optional.of(new PeerSocket(peer));
        } catch (IOException e) {
            log.error("The other generation cannot be spoken to: {}", e.getMessage());
            peer.close();
            return Optional.empty();
        }
    }

    @Override
    public Life life() {
        var welcome = link.welcome();
        return new Life(
                welcome.instance(),
                welcome.generation(),
                welcome.dead(),
                welcome.predecessor(),
                StartMode.named(welcome.mode()));
    }

    @Override
    public void own(StateDirectory state) {}

    @Override
    public OptionalInt open(String host, int port) {
        try {
            return switch (link.open(new Endpoint(LISTENER, host, port))) {
                case Opened.Granted(_, var descriptor) -> OptionalInt.of(descriptor.release());
                case Opened.Cannot cannot -> throw cannot(cannot);
            };
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.INTERNAL, "The keeper opened no listener: " + e.getMessage(), e);
        }
    }

    @Override
    public void retire(String host, int port) {
        mention(() -> link.retire(new Endpoint(LISTENER, host, port)));
    }

    private static EvergateException cannot(Opened.Cannot cannot) {
        String holder = cannot.holder().isEmpty() ? "an unknown process" : cannot.holder();
        boolean held = cannot.reason().contains("in use");
        return new EvergateException(
                ErrorCode.ADDRESS_IN_USE,
                held
                        ? "Port %d is held by %s. Stop it, or choose another port: evergate gateway run --port %d"
                                .formatted(
                                        cannot.endpoint().port(),
                                        holder,
                                        cannot.endpoint().port() + 1)
                        : "Cannot listen on %s: %s (expected: an address of this machine; see gateway.bind)"
                                .formatted(cannot.endpoint().place(), cannot.reason()));
    }

    @Override
    public void rehearsed() {
        tell(link::rehearsed);
    }

    @Override
    public void ready() {
        tell(link::ready);
    }

    @Override
    public void committed(long epoch, int adoptedConnections) {
        tell(() -> link.committed(epoch, adoptedConnections));
    }

    /** Something the keeper has to hear; without it this generation cannot go on. */
    private static void tell(Word word) {
        try {
            word.say();
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.INTERNAL, "The keeper has gone: " + e.getMessage(), e);
        }
    }

    private interface Word {
        void say() throws IOException;
    }

    @Override
    public void broken(String reason) {
        mention(() -> link.broken(reason));
    }

    @Override
    public void handed(int movedConnections, int cutConnections, int turns) {
        mention(() -> link.handed(movedConnections, cutConnections, turns));
    }

    /** Something the keeper may miss: the link's reader notices its loss and asks for the end. */
    private static void mention(Word word) {
        try {
            word.say();
        } catch (IOException e) {
            log.debug("The keeper has gone: {}", e.getMessage());
        }
    }

    @Override
    public void refused(ExitCode exit, String message) {
        try {
            link.refused(exit.code(), message);
        } catch (IOException e) {
            log.warn("The keeper has gone before it heard: {}", message);
        }
    }

    @Override
    public void wantRestart(String reason, String requestId) {
        try {
            link.want(new Wish(Wish.Kind.RESTART, reason, requestId, ""));
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE, "the keeper has gone: " + e.getMessage(), e);
        }
    }

    @Override
    public long ownerPid() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }

    @Override
    public void beat(String phase, Map<String, Long> loopAgesMs) {
        long gcMs = collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum();
        mention(() -> link.beat(new Beat(phase, gcMs, loopAgesMs)));
    }

    @Override
    public void finished() {
        mention(link::finished);
    }
}
