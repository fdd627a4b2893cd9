package dev.evergate.server;

import dev.evergate.server.move.Arrivals;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.server.transit.FrozenCodec;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.testkit.time.Wait;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Carries what leaves one server to another in the place of two processes: descriptors really go
 * through a Unix socket, so that each side has its own.
 */
class Ferry implements AutoCloseable {
    private final Socket sender;
    private final Socket receiver;
    private final Path path;

    Ferry() throws IOException {
        Epoll.ensureAvailability();
        path = Files.createTempDirectory("ferry").resolve("s");
        Socket listener = Socket.newSocketDomain();
        listener.bind(new DomainSocketAddress(path.toString()));
        listener.listen(1);
        sender = Socket.newSocketDomain();
        var _ = sender.connect(new DomainSocketAddress(path.toString()));
        receiver = new Socket(listener.accept(new byte[26]));
        listener.close();
    }

    /** What has been carried so far, to see that it was worth it. */
    final Map<String, Long> cargo = new TreeMap<>();

    /** Requests that were left to the other server. */
    private int handedOn;

    /** Connections and ids of what has not been answered, but is going to be. */
    private final Set<String> owed = new HashSet<>();

    /** Whether everything that can be in a connection has been carried. */
    boolean isProven() {
        return cargo.size() == 4 && cargo.values().stream().allMatch(count -> count > 0);
    }

    boolean isOwed() {
        return !owed.isEmpty();
    }

    /** Nothing that was on the way arrives. */
    void sink() {
        owed.clear();
    }

    private void count(String connection, FrozenSession session) {
        cargo.merge("unread bytes", (long) session.input().bytes().length, Long::sum);
        cargo.merge("half messages", (long) session.input().message().length, Long::sum);
        cargo.merge("unsent bytes", (long) session.output().length, Long::sum);
        if (session.standing() instanceof FrozenSession.Open open) {
            cargo.merge("owed answers", (long) open.owed().size(), Long::sum);
            open.owed().forEach(id -> owed.add(connection + id));
        }
    }

    /** The same connection with a descriptor of its own. */
    Moving across(Moving moving) throws IOException {
        count(moving.id(), FrozenCodec.decode(moving.body()));
        int sent = sender.sendFd(moving.descriptor());
        int received = sent < 0 ? sent : receiver.recvFd();
        if (received < 0) {
            throw new IOException("descriptor " + moving.descriptor() + ": error " + -received);
        }
        return new Moving(moving.id(), received, moving.body().clone());
    }

    List<Moving> across(Item.Batch batch) throws IOException {
        List<Moving> all = new ArrayList<>();
        for (Moving moving : batch.connections()) {
            all.add(across(moving));
        }
        return all;
    }

    /** Closes a descriptor that nobody took, as the end of a process does. */
    static void drop(List<Moving> connections) throws IOException {
        for (Moving moving : connections) {
            new FileDescriptor(moving.descriptor()).close();
        }
    }

    /** Carries one item; the batch is adopted. */
    void carry(Item item, Departure departure, TestServer to) throws Exception {
        switch (item) {
            case Item.Event(var event) -> to.gateway.events().publish(event);
            case Item.Response response -> {
                String text = new String(response.text(), StandardCharsets.UTF_8);
                int at = text.indexOf("\"id\":") + 5;
                owed.remove(response.connection() + text.substring(at, text.indexOf(',', at)));
                to.server.response(response.connection(), response.text(), response.isLast());
            }
            case Item.Request request -> {
                handedOn++;
                to.server.request(request.connection(), request.frame());
            }
            case Item.Batch batch -> {
                Arrivals arrivals = to.server.arrivals(across(batch));
                departure.adopted();
                arrivals.begin();
            }
        }
    }

    /** Carries what is there. */
    void carryAll(Departure departure, TestServer to) throws Exception {
        Optional<Item> item = departure.next(0);
        while (item.isPresent()) {
            carry(item.get(), departure, to);
            item = departure.next(0);
        }
    }

    /** Carries what comes, up to the first request that was left to the other server. */
    void carryHandedOn(Departure departure, TestServer to) throws Exception {
        while (handedOn == 0) {
            carry(departure.next(Wait.PATIENCE.toMillis()).orElseThrow(), departure, to);
        }
    }

    /** Moves every connection, {@code max} at a time. */
    int moveAll(Departure departure, TestServer to, int max) throws Exception {
        int moved = 0;
        for (int frozen = departure.freeze(max); frozen > 0; frozen = departure.freeze(max)) {
            moved += frozen;
            carryAll(departure, to);
        }
        return moved;
    }

    @Override
    public void close() throws IOException {
        sender.close();
        receiver.close();
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.getParent());
    }
}
