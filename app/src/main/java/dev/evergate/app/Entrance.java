package dev.evergate.app;

import dev.evergate.app.config.Applier.Prepared;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.World;
import dev.evergate.server.ControlServer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where a generation listens. It may move while the gateway serves: the new place is opened beside
 * the old one, which is left when nobody waits at it any more.
 *
 * <p>Thread-safe; one {@link #open} at a time.
 */
final class Entrance {
    private static final Logger log = LoggerFactory.getLogger(Entrance.class);

    /**
     * The old place takes in who comes for so long after the new one does. Whoever else holds its
     * socket has let go by then, and the kernel asks nobody any more but us.
     */
    private static final long LINGER_MS = 250;

    private static final long LEFT_MS_MAX = 6_000;

    private final World world;
    private final ControlServer server;
    private final Door door;
    private final Encryption encryption;
    private volatile Place place;
    private volatile CountDownLatch left = new CountDownLatch(0);

    /**
     * A place to listen at.
     *
     * @param descriptor of its listening socket; empty to open one of our own
     */
    private record Place(InetSocketAddress address, String host, OptionalInt descriptor) {
        static Place of(ConfigSnapshot.Gateway gateway, OptionalInt descriptor) {
            var address = new InetSocketAddress(gateway.bindHost(), gateway.port());
            return new Place(address, gateway.bindHost(), descriptor);
        }

        String name() {
            return "control at " + host + ":" + address.getPort();
        }

        boolean isAt(ConfigSnapshot.Gateway gateway) {
            return host.equals(gateway.bindHost()) && address.getPort() == gateway.port();
        }
    }

    /**
     * @param descriptor a listening socket for the configured place; empty to open one of our own
     * @param keptKeys where the keys of encryption that worked last are kept
     * @throws EvergateException CONFIG_REFUSED if connections are to be encrypted and cannot be
     */
    Entrance(
            World world,
            ControlServer server,
            Door door,
            ConfigSnapshot.Gateway gateway,
            OptionalInt descriptor,
            Path keptKeys) {
        this.world = world;
        this.server = server;
        this.door = door;
        this.place = Place.of(gateway, descriptor);
        this.encryption = new Encryption(world, server::secure, keptKeys);
        encryption.begin(gateway.tls());
    }

    /** Takes the listening socket that was given, without accepting from it. */
    void prepare() {
        Place at = place;
        if (at.descriptor().isPresent()) {
            server.prepare(at.name(), at.descriptor().getAsInt());
        }
    }

    /**
     * Accepts connections, from the listening socket that was given or from one of its own.
     *
     * @throws EvergateException ADDRESS_IN_USE
     */
    void listen() {
        if (place.descriptor().isPresent()) {
            server.accept();
        } else {
            server.open(place.name(), place.address());
        }
    }

    /** Lets somebody else listen in this process: connections stay, new ones do not come in. */
    void release() {
        server.retire(place.name());
    }

    /**
     * Opens another place beside the present one; committed, it takes in who comes there, and the
     * old one is left. May wait for an earlier one to be left.
     *
     * @throws EvergateException CONFIG_REFUSED naming the key, and who holds the port
     */
    Prepared open(ConfigSnapshot.Gateway next) {
        if (place.isAt(next)) {
            return Prepared.NOTHING;
        }
        awaitLeft();
        try {
            Place to = Place.of(next, door.open(next.bindHost(), next.port()));
            if (to.descriptor().isPresent()) {
                server.prepare(to.name(), to.descriptor().getAsInt());
            } else {
                var _ = server.bind(to.name(), to.address());
            }
            return new Moving(place, to);
        } catch (EvergateException e) {
            door.retire(next.bindHost(), next.port());
            String key = place.address().getPort() == next.port() ? "bind" : "port";
            throw new EvergateException(
                    ErrorCode.CONFIG_REFUSED, "gateway." + key + ": " + e.getMessage(), e);
        }
    }

    private void awaitLeft() {
        try {
            if (!left.await(LEFT_MS_MAX, TimeUnit.MILLISECONDS)) {
                throw new EvergateException(
                        ErrorCode.UNAVAILABLE, "the listener before is still being closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EvergateException(ErrorCode.UNAVAILABLE, "interrupted", e);
        }
    }

    /**
     * Reads other keys of encryption; committed, new connections are encrypted with them.
     *
     * @throws EvergateException CONFIG_REFUSED naming key, file and reason
     */
    Prepared secure(ConfigSnapshot.Gateway next) {
        return encryption.prepare(next.tls());
    }

    /**
     * Looks after the files of encryption from now on.
     *
     * @param told is run when the certificate has changed
     */
    void watch(Runnable told) {
        encryption.watch(told);
    }

    /** SHA-256 of the certificate in lower case hex; empty without encryption. */
    String fingerprint() {
        return encryption.fingerprint();
    }

    /** What a person should know. */
    List<String> notices() {
        return encryption.notices();
    }

    /** Where people and clients on this machine reach it. */
    String url() {
        Place at = place;
        boolean isAny =
                at.address().getAddress() != null && at.address().getAddress().isAnyLocalAddress();
        String host = isAny ? "127.0.0.1" : at.host();
        return "%s://%s:%d/"
                .formatted(
                        encryption.isOn() ? "https" : "http",
                        host.contains(":") ? "[" + host + "]" : host,
                        at.address().getPort());
    }

    private final class Moving implements Prepared {
        private final Place from;
        private final Place to;

        Moving(Place from, Place to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public void commit() {
            place = to;
            server.accept(to.name());
            CountDownLatch leaving = new CountDownLatch(1);
            left = leaving;
            world.tasks().start("leave-listener", () -> leave(leaving));
        }

        private void leave(CountDownLatch leaving) {
            try {
                door.retire(from.host(), from.address().getPort());
                world.pause(LINGER_MS);
                log.info("{} is left; connections that came by it stay", from.name());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                server.retire(from.name());
                leaving.countDown();
            }
        }

        @Override
        public void discard() {
            server.retire(to.name());
            door.retire(to.host(), to.address().getPort());
        }
    }
}
