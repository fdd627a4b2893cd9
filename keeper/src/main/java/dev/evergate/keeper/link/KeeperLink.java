package dev.evergate.keeper.link;

import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A generation's side of the link.
 *
 * <p>Order of use: {@link #connect}, {@link #open} each listener, {@link #ready} once it serves,
 * {@link #beat} every 250 ms, {@link #finished} when it has stopped. Beside a predecessor ({@link
 * Welcome#predecessor}) it is {@link #rehearsed} instead, and {@link #committed} after {@link
 * Orders#take}. A generation that cannot serve says {@link #refused} and ends. Thread-safety: safe;
 * {@link Orders} are called on one thread of the link.
 */
public final class KeeperLink implements AutoCloseable {
    /** Environment variable with the path of the keeper's socket. */
    public static final String SOCKET_VARIABLE = "EVERGATE_KEEPER_SOCKET";

    /** Environment variable with the number of this generation. */
    public static final String GENERATION_VARIABLE = "EVERGATE_GENERATION";

    private static final int ANSWER_TIMEOUT_MS = 10_000;

    private final LinkSocket socket;
    private final Orders orders;
    private final Object asking = new Object();
    private final BlockingQueue<LinkSocket.Received> answers = new ArrayBlockingQueue<>(4);
    private final Welcome welcome;

    /** What the keeper tells a generation without being asked. */
    public interface Orders {
        /** End yourself in time. */
        void stop(StopOrder order);

        /** Something happened, for example {@code reload} when the keeper got SIGHUP. */
        void event(String name, Map<String, String> fields);

        /** What became of a {@link #want}. */
        void outcome(Outcome outcome);

        /**
         * Hand yourself over to the generation the order names, through the peer, whose owner is
         * the callee from now on.
         */
        void give(Order order, Descriptor peer);

        /**
         * Take over from the generation the order names, through the peer, whose owner is the
         * callee from now on; without one that generation is dead, and what it held may be taken.
         */
        void take(Order order, Optional<Descriptor> peer);

        /** The hand-over is off: the successor is dead, so go on as if nothing had been. */
        void abort(String reason);

        /** The keeper is gone: take no new turns, checkpoint, end within two seconds. */
        void lost();
    }

    private KeeperLink(LinkSocket socket, Orders orders, Welcome welcome) {
        this.socket = socket;
        this.orders = orders;
        this.welcome = welcome;
    }

    /** Says hello; throws when the keeper cannot be reached or does not know this process. */
    public static KeeperLink connect(Path keeperSocket, Hello hello, Orders orders)
            throws IOException {
        LinkSocket socket = LinkSocket.connect(keeperSocket);
        try {
            socket.send(hello.toMessage());
            if (!socket.awaitMessage(ANSWER_TIMEOUT_MS)) {
                throw new IOException("The keeper did not answer HELLO within 10 s");
            }
            LinkSocket.Received answer =
                    socket.receive()
                            .orElseThrow(() -> new IOException("The keeper hung up on HELLO"));
            if (!answer.message().word().equals(Word.WELCOME)) {
                throw new IOException(
                        "The keeper answered HELLO with "
                                + answer.message().word()
                                + ": "
                                + answer.message().text("reason", ""));
            }
            KeeperLink link = new KeeperLink(socket, orders, Welcome.from(answer.message()));
            HostTime.startDaemon("keeper-link", link::read);
            return link;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The keeper's answer to hello. */
    public Welcome welcome() {
        return welcome;
    }

    /** Tells what the generation is doing while it starts. */
    public void step(String text) throws IOException {
        socket.send(LinkMessage.of(Word.STEP).with("text", LinkMessage.excerpt(text)));
    }

    /** Asks for a listener; the same place gives the same socket in every generation. */
    public Opened open(Endpoint endpoint) throws IOException {
        synchronized (asking) {
            answers.clear();
            socket.send(endpoint.toMessage(Word.OPEN));
            LinkSocket.Received answer = awaitAnswer();
            LinkMessage message = answer.message();
            if (message.word().equals(Word.LISTENER) && answer.descriptors().size() == 1) {
                Descriptor descriptor = answer.descriptors().get(0);
                return new Opened.Granted(Endpoint.from(message), descriptor);
            }
            answer.discard();
            return Opened.Cannot.from(message);
        }
    }

    /** Lets the keeper close a listener; the generation has closed its own descriptor. */
    public void retire(Endpoint endpoint) throws IOException {
        socket.send(endpoint.toMessage(Word.RETIRE));
    }

    /** The generation serves. */
    public void ready() throws IOException {
        socket.send(LinkMessage.of(Word.READY));
    }

    /** The generation cannot serve and ends now. */
    public void refused(int exit, String message) throws IOException {
        socket.send(new Refusal(exit, message).toMessage());
    }

    /** The generation makes progress. */
    public void beat(Beat beat) throws IOException {
        socket.send(beat.toMessage());
    }

    /** Asks for a restart or a stop; {@link Orders#outcome} tells what became of it. */
    public void want(Wish wish) throws IOException {
        socket.send(wish.toMessage());
    }

    /** The generation has finished and ends now; from here on it has five seconds. */
    public void finished() throws IOException {
        socket.send(LinkMessage.of(Word.FINISHED));
    }

    /** Beside a predecessor: all that can be tried went well; {@link Orders#take} follows. */
    public void rehearsed() throws IOException {
        socket.send(LinkMessage.of(Word.REHEARSED));
    }

    /**
     * The generation has taken over and serves.
     *
     * @param epoch under which it writes
     * @param adopted connections it has got from its predecessor
     */
    public void committed(long epoch, int adopted) throws IOException {
        socket.send(new Committed(epoch, adopted).toMessage());
    }

    /** As a predecessor: the hand-over failed; {@link Orders#abort} follows. */
    public void broken(String reason) throws IOException {
        socket.send(LinkMessage.of(Word.BROKEN).with("reason", LinkMessage.excerpt(reason)));
    }

    /**
     * As a predecessor: what went over; said again it replaces what was said before.
     *
     * @param moved connections that went over
     * @param cut connections that had to be closed
     * @param turns that were left running here
     */
    public void handed(int moved, int cut, int turns) throws IOException {
        socket.send(new Handed(moved, cut, turns).toMessage());
    }

    /**
     * Adds to the restart report, best before the end of the hand-over or before {@link #finished};
     * the fields of one message together fit into {@link LinkMessage#BYTES_MAX}.
     */
    public void report(Map<String, String> fields) throws IOException {
        LinkMessage message = LinkMessage.of(Word.REPORT);
        for (Map.Entry<String, String> field : fields.entrySet()) {
            message = message.with(field.getKey(), LinkMessage.excerpt(field.getValue()));
        }
        socket.send(message);
    }

    /** Ends the link; {@link Orders#lost} is called as if the keeper had gone. */
    @Override
    public void close() {
        socket.shutdown();
    }

    private LinkSocket.Received awaitAnswer() throws IOException {
        try {
            LinkSocket.Received answer = answers.poll(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            if (answer == null) {
                throw new IOException("The keeper did not answer OPEN within 10 s");
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for the keeper", e);
        }
    }

    private void read() {
        try (socket) {
            boolean open = true;
            while (open) {
                open = receiveOne();
            }
        } finally {
            orders.lost();
        }
    }

    private boolean receiveOne() {
        try {
            var received = socket.receive();
            if (received.isEmpty()) {
                return false;
            }
            take(received.get());
            return true;
        } catch (LinkFormatException e) {
            return true; // A keeper newer than us; what we cannot read was not meant for us.
        } catch (IOException e) {
            return false;
        }
    }

    private void take(LinkSocket.Received received) throws IOException {
        LinkMessage message = received.message();
        switch (message.word()) {
            case Word.LISTENER, Word.CANNOT -> {
                if (!answers.offer(received)) {
                    received.discard();
                }
            }
            case Word.STOP -> orders.stop(StopOrder.from(message));
            case Word.GIVE, Word.TAKE -> handOver(received);
            case Word.ABORT -> orders.abort(message.text("reason", ""));
            case Word.EVENT -> orders.event(message.text("name"), message.fields());
            case Word.RESULT -> orders.outcome(Outcome.from(message));
            case Word.UNKNOWN -> {
                // An older keeper; every word we send it beyond its own is optional.
            }
            default -> {
                received.discard();
                socket.send(LinkMessage.of(Word.UNKNOWN).with("word", message.word()));
            }
        }
    }

    private void handOver(LinkSocket.Received received) throws LinkFormatException {
        List<Descriptor> peers = received.descriptors();
        boolean isGive = received.message().word().equals(Word.GIVE);
        if (peers.size() > 1 || (isGive && peers.isEmpty())) {
            received.discard();
            throw new LinkFormatException(
                    received.message().word() + " with " + peers.size() + " descriptors");
        }
        Order order = Order.from(received.message());
        if (isGive) {
            orders.give(order, peers.getFirst());
        } else {
            orders.take(order, peers.isEmpty() ? Optional.empty() : Optional.of(peers.getFirst()));
        }
    }
}
