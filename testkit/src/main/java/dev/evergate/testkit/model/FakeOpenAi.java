package dev.evergate.testkit.model;

import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.time.Wait;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An OpenAI-compatible provider on loopback that answers by script and remembers every request.
 * Thread-safe.
 *
 * <p>{@code POST /v1/chat/completions} (and {@code /v1/embeddings}) plays the next script of {@link
 * #next}, or else the one of {@link #always}; {@code GET} answers {@code /v1/models} and the pages
 * of {@link #page}.
 */
public final class FakeOpenAi implements Closeable {
    private static final int REQUESTS_KEPT = 10_000;

    private final ServerSocket server;
    private final RealWorld world = new RealWorld(Throwable::printStackTrace);
    private final Deque<SeenRequest> requests = new ArrayDeque<>();
    private final Deque<ModelScript> next = new ArrayDeque<>();
    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile ModelScript always = ModelScript.echo();
    private volatile String key = "";

    private FakeOpenAi(ServerSocket server) {
        this.server = server;
    }

    /** Starts on a free port; answers with {@link ModelScript#echo} until told otherwise. */
    public static FakeOpenAi start() {
        return start(0);
    }

    /** Starts on {@code port}; 0 takes a free one. */
    public static FakeOpenAi start(int port) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            FakeOpenAi fake = new FakeOpenAi(server);
            fake.models("test-model");
            fake.world.tasks().start("fake-openai", fake::accept);
            return fake;
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port, e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** What a configuration holds as {@code baseUrl}. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + port() + "/v1");
    }

    /** Plays this for every request without a script of its own. */
    public FakeOpenAi always(ModelScript script) {
        always = script;
        return this;
    }

    /** Plays these for the next requests, one each. */
    public FakeOpenAi next(ModelScript... scripts) {
        synchronized (next) {
            next.addAll(List.of(scripts));
        }
        return this;
    }

    /** Answers {@code GET path} with this JSON. */
    public FakeOpenAi page(String path, String json) {
        pages.put(path, json);
        return this;
    }

    /** The models it lists. */
    public FakeOpenAi models(String... ids) {
        List<String> entries = new ArrayList<>();
        for (String id : ids) {
            entries.add("{\"id\":\"" + id + "\",\"object\":\"model\",\"owned_by\":\"test\"}");
        }
        return page(
                "/v1/models", "{\"object\":\"list\",\"data\":[" + String.join(",", entries) + "]}");
    }

    /** Refuses every request without this key from now on. */
    public FakeOpenAi requireKey(String required) {
        key = required;
        return this;
    }

    /** What came so far, oldest first: the newest {@value #REQUESTS_KEPT}. */
    public List<SeenRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** Waits until {@code count} requests have come, and returns the last of them. */
    public SeenRequest awaitRequest(int count) {
        Wait.until(
                () -> count + " requests, but only " + requests(),
                () -> requests().size() >= count);
        return requests().get(count - 1);
    }

    /** Closes the port and every connection. */
    @Override
    public void close() {
        world.close();
        closeQuietly(server);
        open.forEach(FakeOpenAi::closeQuietly);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                world.tasks().start("fake-openai-connection", () -> serve(socket));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /**
     * Reads requests while answers are written by a task of their own: so the end of the connection
     * is seen while a script plays.
     */
    private void serve(Socket socket) {
        Optional<SeenRequest> request = Optional.empty();
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            request = read(in);
            while (request.isPresent()) {
                SeenRequest asked = request.get();
                remember(asked);
                world.tasks().start("fake-openai-answer", () -> answer(socket, asked));
                Optional<SeenRequest> following = read(in);
                if (following.isEmpty()) {
                    break;
                }
                request = following;
            }
        } catch (IOException e) {
            // The client reset the connection, or the script cut it: the request knows.
        } finally {
            request.ifPresent(SeenRequest::connectionEnded);
            open.remove(socket);
        }
    }

    /** The next request; empty at the end of the connection. */
    private Optional<SeenRequest> read(InputStream in) throws IOException {
        String start = line(in);
        String[] words = start.split(" ", 3);
        if (words.length < 3) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        long now = world.time().nanos();
        return Optional.of(new SeenRequest(words[0], words[1], headers, body, now));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    private void remember(SeenRequest request) {
        synchronized (requests) {
            if (requests.size() == REQUESTS_KEPT) {
                requests.removeFirst();
            }
            requests.add(request);
        }
    }

    private void answer(Socket socket, SeenRequest request) {
        try {
            script(request).play(new Reply(socket, request));
        } catch (IOException e) {
            closeQuietly(socket); // The client has gone.
        }
    }

    private ModelScript script(SeenRequest request) {
        String authorization = request.header("authorization").orElse("");
        if (!key.isEmpty() && !authorization.equals("Bearer " + key)) {
            return ModelScript.parse("401");
        }
        if (request.method().equals("GET")) {
            String page = pages.get(request.path());
            return page == null
                    ? ModelScript.error(404, "not_found", "no such page")
                    : reply -> reply.whole(200, "application/json", Map.of(), page);
        }
        if (!request.path().matches("[^?]*/(chat/completions|embeddings)([?].*)?")) {
            return ModelScript.error(404, "not_found", "no such endpoint");
        }
        synchronized (next) {
            return next.isEmpty() ? always : next.remove();
        }
    }

    private static void closeQuietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            // It is closed as far as anybody can tell.
        }
    }
}
