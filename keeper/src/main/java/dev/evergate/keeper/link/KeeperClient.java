package dev.evergate.keeper.link;

import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The command line's side of the link.
 *
 * <p>Thread-safety: one request at a time.
 */
public final class KeeperClient implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    private final LinkSocket socket;

    private KeeperClient(LinkSocket socket) {
        this.socket = socket;
    }

    /** Where a state directory's keeper listens. */
    public static Path socketIn(Path stateDirectory) {
        return stateDirectory.resolve("run").resolve("keeper.sock");
    }

    /** Connects; an {@link IOException} means that no keeper listens there. */
    public static KeeperClient connect(Path stateDirectory) throws IOException {
        if (!Os.isSupported()) {
            throw new IOException("This system has no keeper (expected: Linux, x86_64 or aarch64)");
        }
        return new KeeperClient(LinkSocket.connect(socketIn(stateDirectory)));
    }

    /** Asks who keeps the state directory, and where its gateway stands. */
    public Owner who() throws IOException {
        return who(ANSWER_TIMEOUT);
    }

    /** As above, with another time after which to stop waiting for the answer. */
    public Owner who(Duration timeout) throws IOException {
        socket.send(LinkMessage.of(Word.WHO));
        return Owner.from(await(Word.OWNER, timeout));
    }

    /** The process that listens, as the kernel says; 0 when it cannot be seen from here. */
    public long listener() throws IOException {
        return socket.peer().pid();
    }

    /** Asks for a restart or a stop and waits for what becomes of it. */
    public Outcome want(Wish wish, Duration timeout) throws IOException {
        socket.send(wish.toMessage());
        return Outcome.from(await(Word.RESULT, timeout));
    }

    /** Asks for something; what the keeper says about it comes with {@link #next}. */
    public void follow(Wish wish) throws IOException {
        socket.send(wish.toMessage());
        socket.send(LinkMessage.of(Word.WATCH)); // Answered at once, so after the wish was heard.
    }

    /**
     * The next news, empty if there are none for so long.
     *
     * @throws IOException if the keeper has ended
     */
    public Optional<News> next(Duration timeout) throws IOException {
        long end = HostTime.monotonicMs() + timeout.toMillis();
        while (true) {
            long left = end - HostTime.monotonicMs();
            if (left <= 0 || !socket.awaitMessage((int) Math.min(left, Integer.MAX_VALUE))) {
                return Optional.empty();
            }
            var received = socket.receive();
            if (received.isEmpty()) {
                throw new IOException("The keeper has ended");
            }
            received.get().discard();
            Optional<News> news = News.from(received.get().message());
            if (news.isPresent()) {
                return news;
            }
        }
    }

    /**
     * Follows the gateway's phases, the present one first, until the watcher returns false or the
     * keeper ends.
     */
    public void watch(Predicate<Owner> watcher) throws IOException {
        socket.send(LinkMessage.of(Word.WATCH));
        while (true) {
            var received = socket.receive();
            if (received.isEmpty()) {
                return;
            }
            received.get().discard();
            LinkMessage message = received.get().message();
            if (message.word().equals(Word.EVENT)
                    && message.text("name", "").equals("phase")
                    && !watcher.test(Owner.from(message))) {
                return;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    private LinkMessage await(String word, Duration timeout) throws IOException {
        long end = HostTime.monotonicMs() + timeout.toMillis();
        while (true) {
            long left = end - HostTime.monotonicMs();
            if (left <= 0 || !socket.awaitMessage((int) Math.min(left, Integer.MAX_VALUE))) {
                throw new IOException(
                        "The keeper did not answer within " + timeout.toMillis() + " ms");
            }
            var received = socket.receive();
            if (received.isEmpty()) {
                throw new IOException("The keeper hung up");
            }
            received.get().discard();
            if (received.get().message().word().equals(word)) {
                return received.get().message();
            }
        }
    }
}
