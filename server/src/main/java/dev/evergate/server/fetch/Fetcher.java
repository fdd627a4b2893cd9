package dev.evergate.server.fetch;

import dev.evergate.core.config.RemotePictures;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fetches what stands at an address that a client, a tool or a message named (S10).
 *
 * <p>The name is looked up once, every address it has must be public, and exactly the address that
 * was looked at is connected to: a second answer of the name server is never asked for. A redirect
 * is another address, judged in the same way. Nothing of ours goes along: no credentials, no
 * cookies, no proxy. Time, size, type and the number of fetches at a time are bounded.
 *
 * <p>Thread-safe. Waits: belongs on a task.
 */
public final class Fetcher {
    private static final int AT_A_TIME = 8;

    private final World world;
    private final Network network;
    private final Semaphore places = new Semaphore(AT_A_TIME);

    public Fetcher(World world, Network network) {
        this.world = world;
        this.network = network;
    }

    /**
     * Fetches what stands there.
     *
     * @param terms what may be asked for; whether anything may is the caller's question
     * @throws FetchRefused if it must not be asked for, or does not come as it must
     */
    public Fetched fetch(String url, RemotePictures terms)
            throws FetchRefused, InterruptedException {
        Deadline deadline = world.time().deadlineIn(terms.timeoutMs());
        OutsideUrl at = OutsideUrl.parse(url);
        if (!places.tryAcquire(terms.timeoutMs(), TimeUnit.MILLISECONDS)) {
            throw overdue(terms);
        }
        try {
            for (int moves = 0; moves <= terms.redirectsMax(); moves++) {
                switch (ask(at, terms, deadline)) {
                    case Reply.Whole(Fetched fetched) -> {
                        return fetched;
                    }
                    case Reply.Elsewhere(String location) -> at = at.redirected(location);
                }
            }
            throw new FetchRefused(
                    "is redirected more often than %d times".formatted(terms.redirectsMax()));
        } finally {
            places.release();
        }
    }

    private Reply ask(OutsideUrl at, RemotePictures terms, Deadline deadline)
            throws FetchRefused, InterruptedException {
        if (!at.isListed(terms.hosts())) {
            throw new FetchRefused(
                    "is at a host that is not listed (expected: one of urlAllowlist)");
        }
        InetAddress address = address(at.host(), terms, deadline);
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            Timers.Timer end =
                    world.timers()
                            .after(
                                    deadline.remainingMillis(world.time()),
                                    () -> world.tasks().start("late fetch", () -> close(socket)));
            try {
                return ask(at, socket, new InetSocketAddress(address, at.port()), terms);
            } finally {
                end.cancel();
            }
        } catch (IOException e) {
            throw deadline.hasPassed(world.time())
                    ? overdue(terms)
                    : new FetchRefused("cannot be fetched: the other server fails", e);
        }
    }

    private Reply ask(OutsideUrl at, Socket socket, InetSocketAddress to, RemotePictures terms)
            throws IOException, FetchRefused {
        network.connect(socket, to, Math.toIntExact(terms.timeoutMs()));
        Socket line = at.isEncrypted() ? network.encrypted(socket, at.host(), at.port()) : socket;
        String head =
                """
                GET %s HTTP/1.1\r
                Host: %s\r
                Accept: %s\r
                Accept-Encoding: identity\r
                User-Agent: evergate\r
                Connection: close\r
                \r
                """
                        .formatted(at.target(), at.authority(), String.join(", ", terms.types()));
        line.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        line.getOutputStream().flush();
        return Reply.read(line.getInputStream(), terms);
    }

    /** The one that is connected to: nobody looks the name up again. */
    private InetAddress address(String host, RemotePictures terms, Deadline deadline)
            throws FetchRefused, InterruptedException {
        var found = new AtomicReference<List<InetAddress>>(List.of());
        Attempt attempt =
                world.attempt("resolve", deadline, () -> found.set(network.resolve(host)));
        List<InetAddress> addresses = found.get();
        if (attempt instanceof Attempt.Overdue) {
            throw overdue(terms);
        }
        if (addresses.isEmpty() || !addresses.stream().allMatch(PublicInternet::contains)) {
            throw new FetchRefused("is not at a public address");
        }
        return addresses.getFirst();
    }

    private static FetchRefused overdue(RemotePictures terms) {
        return new FetchRefused("does not come within %d ms".formatted(terms.timeoutMs()));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyBroken) {
            // whoever reads from it is told all the same
        }
    }
}
