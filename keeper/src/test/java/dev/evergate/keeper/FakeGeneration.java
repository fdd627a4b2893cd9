package dev.evergate.keeper;

import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.Hello;
import dev.evergate.keeper.link.KeeperLink;
import dev.evergate.keeper.link.Opened;
import dev.evergate.keeper.link.Order;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PollSet;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.os.TcpStream;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A generation that serves one fixed answer, for tests of the keeper.
 *
 * <p>What it does is read from the file {@code behaviour} in the state directory at its start. At
 * each step of a restart it says in the file {@code step-<number>} how far it has come, and then
 * does what the file {@code deed-<number>} says: {@code <step> exit|kill|stop|hang|pause}; a pause
 * ends when there is a file {@code go-<number>}.
 */
public final class FakeGeneration implements KeeperLink.Orders {
    private static final int SIGSTOP = 19;
    private static final byte[] END = {1};
    private static final byte[] COMMIT = {2};

    private final Path state = Path.of(System.getenv("EVERGATE_STATE_DIR"));
    private final long number = Long.parseLong(System.getenv(KeeperLink.GENERATION_VARIABLE));
    private final String behaviour;
    private final CompletableFuture<KeeperLink> link = new CompletableFuture<>();
    private final BlockingQueue<Optional<Descriptor>> taken = new LinkedBlockingQueue<>();
    private volatile boolean isAskedToEnd;
    private volatile boolean isHanded;
    private volatile boolean isAccepting = true;

    private FakeGeneration() throws Exception {
        Path file = state.resolve("behaviour");
        behaviour = Files.exists(file) ? Files.readString(file).strip() : "serve";
    }

    /** Arguments: {@code --port N}. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        int port = Integer.parseInt(arguments.get(arguments.indexOf("--port") + 1));
        new FakeGeneration().live(port);
    }

    private void live(int port) throws Exception {
        ProcessControl.startSession();
        ProcessControl.adoptOrphans();
        if (behaviour.equals("crash")) {
            System.err.println("crashing as told");
            System.exit(9);
        }
        Path socket = Path.of(System.getenv(KeeperLink.SOCKET_VARIABLE));
        long pid = ProcessHandle.current().pid();
        Files.writeString(state.resolve("pid-" + number), Long.toString(pid));
        step("launched");
        KeeperLink link = KeeperLink.connect(socket, new Hello(number, pid, "fake", 0, ""), this);
        this.link.complete(link);
        lookForOneBefore(link.welcome().predecessor());
        if (behaviour.startsWith("only ")
                && !link.welcome().mode().equals(behaviour.substring(5))) {
            System.exit(9);
        }
        if (behaviour.startsWith("stay ")) {
            link.refused(78, behaviour.substring(5));
            new CountDownLatch(1).await();
        }
        if (behaviour.startsWith("refuse ")) {
            link.refused(78, behaviour.substring(7));
            System.exit(78);
        }
        switch (link.open(new Endpoint("control", "127.0.0.1", port))) {
            case Opened.Granted(var endpoint, var descriptor) -> {
                Files.writeString(state.resolve("port"), Integer.toString(endpoint.port()));
                serve(link, new TcpListener(descriptor));
            }
            case Opened.Cannot cannot -> {
                link.refused(
                        78, "port " + port + ": " + cannot.reason() + " by " + cannot.holder());
                System.exit(78);
            }
        }
    }

    /** Says so in a file if an older generation lives although this one is welcome. */
    private void lookForOneBefore(long predecessor) throws Exception {
        for (long older = 1; older < number; older++) {
            Path file = state.resolve("pid-" + older);
            if (older != predecessor
                    && Files.exists(file)
                    && ProcessTable.find(Long.parseLong(Files.readString(file))).isPresent()) {
                Files.writeString(state.resolve("overlap"), older + " lives beside " + number);
            }
        }
    }

    private void serve(KeeperLink link, TcpListener listener) throws Exception {
        if (behaviour.equals("orphan") || behaviour.equals("stuck")) {
            Path file = state.resolve("orphan");
            new ProcessBuilder(
                            "sh",
                            "-c",
                            "(setsid sh -c 'trap \"\" TERM; echo $$ > "
                                    + file
                                    + ".new; mv "
                                    + file
                                    + ".new "
                                    + file
                                    + "; sleep 300; :' &) &")
                    .start()
                    .waitFor();
        }
        if (behaviour.equals("late")) {
            new CountDownLatch(1).await();
        }
        begin(link);
        if (behaviour.equals("fall")) {
            System.exit(9);
        }
        long stuckSinceNanos = System.nanoTime();
        if (behaviour.equals("stuck")) {
            Thread.ofPlatform().daemon().name("core").start(FakeGeneration::waitForEver);
        }
        String instance = behaviour.equals("liar") ? "other" : link.welcome().instance();
        String identity = "{\"instance\":\"" + instance + "\"}\n";
        byte[] body = (identity + "generation " + number).getBytes(StandardCharsets.US_ASCII);
        while (!isAskedToEnd || behaviour.equals("deaf")) {
            if (!isAccepting) {
                HostTime.sleep(20);
            } else if (PollSet.awaitOne(listener.descriptor(), 50)) {
                Optional<TcpStream> accepted = listener.accept();
                if (accepted.isPresent()) {
                    answer(accepted.get(), body);
                }
            }
            long stuckMs = (System.nanoTime() - stuckSinceNanos) / 1_000_000;
            beat(link, behaviour.equals("stuck") ? stuckMs : 0);
        }
        if (isHanded) {
            step("draining");
            link.report(Map.of("lastWords", "of " + number));
        }
        link.finished();
        if (behaviour.equals("zombie")) {
            new CountDownLatch(1).await();
        }
        System.exit(0);
    }

    /** Alone, or beside a predecessor. */
    private void begin(KeeperLink link) throws Exception {
        if (link.welcome().predecessor() == 0) {
            link.ready();
            return;
        }
        step("rehearsing");
        link.report(Map.of("rehearsalMs", "12"));
        link.rehearsed();
        step("rehearsed");
        for (Optional<Descriptor> peer = taken.take(); peer.isPresent(); peer = taken.take()) {
            step("taken");
            try (PeerSocket predecessor = new PeerSocket(peer.get())) {
                if (predecessor.receive().isPresent()) {
                    step("ended");
                    link.committed(7, 3);
                    step("committed");
                    tell(predecessor);
                    return;
                }
            }
        }
        link.ready();
    }

    private static void tell(PeerSocket predecessor) {
        try {
            predecessor.send(COMMIT);
        } catch (IOException e) {
            System.err.println("the predecessor is gone: " + e.getMessage());
        }
    }

    private void handOver(KeeperLink link, PeerSocket successor) {
        try (successor) {
            step("given");
            link.handed(3, 1, 2);
            successor.send(END);
            step("sent");
            if (successor.receive().isEmpty()) {
                link.broken("the successor has gone");
            }
        } catch (Exception e) {
            System.err.println("hand-over: " + e);
        }
    }

    private void step(String name) throws Exception {
        Files.writeString(state.resolve("step-" + number), name);
        Path file = state.resolve("deed-" + number);
        String deed = Files.exists(file) ? Files.readString(file).strip() : "";
        if (deed.startsWith(name + " ")) {
            long pid = ProcessHandle.current().pid();
            switch (deed.substring(name.length() + 1)) {
                case "exit" -> Runtime.getRuntime().halt(9);
                case "kill" -> ProcessControl.signal(pid, ProcessControl.SIGKILL);
                case "stop" -> {
                    ProcessControl.signal(pid, SIGSTOP);
                    HostTime.sleep(500); // until it stops this thread too
                }
                case "pause" -> {
                    while (!Files.exists(state.resolve("go-" + number))) {
                        HostTime.sleep(5);
                    }
                }
                default -> new CountDownLatch(1).await();
            }
        }
    }

    private void beat(KeeperLink link, long ageMs) throws Exception {
        try {
            link.beat(new Beat("running", 0, Map.of("core", ageMs)));
        } catch (IOException e) {
            if (!behaviour.equals("clings")) {
                throw e;
            }
        }
    }

    private static void waitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(TcpStream stream, byte[] body) throws Exception {
        PollSet.awaitOne(stream.descriptor(), 1_000);
        stream.discard();
        String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length;
        stream.write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        stream.write(body);
        stream.close();
    }

    @Override
    public void stop(StopOrder order) {
        isHanded = order.reason().equals(StopOrder.HANDED);
        isAskedToEnd = true;
    }

    @Override
    public void give(Order order, Descriptor peer) {
        try {
            PeerSocket successor = new PeerSocket(peer);
            isAccepting = false; // Here, so that an abort that follows comes after it.
            HostTime.startDaemon("hand-over", () -> handOver(link.join(), successor));
        } catch (OsException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void take(Order order, Optional<Descriptor> peer) {
        taken.add(peer);
    }

    @Override
    public void abort(String reason) {
        try {
            Files.writeString(state.resolve("abort-" + number), reason);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        isAccepting = true;
    }

    @Override
    public void event(String name, Map<String, String> fields) {
        try {
            Files.writeString(state.resolve("event"), name);
            Files.writeString(state.resolve("event-" + number), fields.toString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void outcome(Outcome outcome) {
        // It asks for nothing.
    }

    @Override
    public void lost() {
        if (behaviour.equals("clings")) {
            return;
        }
        Runtime.getRuntime().halt(3);
    }
}
