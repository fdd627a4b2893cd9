package dev.evergate.testkit.net;

import dev.evergate.testkit.time.TimeLimit;
import dev.evergate.testkit.time.Wait;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import javax.net.ssl.SSLContext;

/**
 * A client of the gateway protocol, version 4, for tests. Thread-safe; calls block, for {@link
 * Wait#PATIENCE} at most unless told otherwise.
 */
public final class GatewayClient implements AutoCloseable {
    private static final long LOOK_EVERY_MS = 50;
    private static final int EVENTS_MAX = 1_000_000;
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> ALL_SCOPES =
            List.of(
                    "operator.admin",
                    "operator.read",
                    "operator.write",
                    "operator.approvals",
                    "operator.pairing");

    private final URI url;
    private final HttpClient http;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<String, BlockingQueue<JsonNode>> answers = new ConcurrentHashMap<>();
    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>(EVENTS_MAX);
    private final List<JsonNode> seen = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();
    private final CompletableFuture<Close> closed = new CompletableFuture<>();
    private final WebSocket socket;
    private long lastSeq;

    /** How a connection ended; code 1006 without a close frame. */
    public record Close(int code, String reason) {}

    /** The gateway answered {@code ok: false}. */
    public static final class CallFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient JsonNode error;

        CallFailed(String method, JsonNode error) {
            super(method + ": " + error);
            this.error = error;
        }

        public String code() {
            return error.path("code").asString("");
        }

        /** The whole {@code error} object. */
        public JsonNode error() {
            return error;
        }
    }

    private GatewayClient(URI url, Optional<SSLContext> encryption) {
        this.url = url;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        encryption.ifPresent(builder::sslContext);
        this.http = builder.build();
        String scheme = url.getScheme().equals("https") ? "wss" : "ws";
        URI webSocket = URI.create(scheme + "://" + url.getAuthority() + "/");
        try {
            socket =
                    http.newWebSocketBuilder()
                            .connectTimeout(Wait.PATIENCE)
                            .buildAsync(webSocket, new Listener())
                            .join();
        } catch (CompletionException e) {
            http.shutdownNow();
            throw new AssertionError("cannot connect to " + webSocket + ": " + e.getCause(), e);
        }
    }

    /** Only opens the socket: no {@code connect} is sent. */
    public static GatewayClient open(URI url) {
        return new GatewayClient(url, Optional.empty());
    }

    /** Connects with a shared token and every scope, and waits for {@code hello-ok}. */
    public static GatewayClient connect(URI url, String token) {
        GatewayClient client = open(url);
        JsonNode _ = client.hello(connectParams(token));
        return client;
    }

    /** The same, encrypted. */
    public static GatewayClient connect(URI url, String token, SSLContext encryption) {
        var client = new GatewayClient(url, Optional.of(encryption));
        JsonNode _ = client.hello(connectParams(token));
        return client;
    }

    /** What {@link #connect} sends: to be changed by tests that want something else. */
    public static ObjectNode connectParams(String token) {
        ObjectNode params = JSON.createObjectNode();
        params.put("minProtocol", 4).put("maxProtocol", 4).put("role", "operator");
        params.putObject("client")
                .put("id", "gateway-client")
                .put("version", "0.0.1")
                .put("platform", "test")
                .put("mode", "backend");
        ALL_SCOPES.forEach(params.putArray("scopes")::add);
        params.putArray("caps");
        params.putObject("auth").put("token", token);
        return params;
    }

    /** The whole {@code connect} request as text, for clients that write their own frames. */
    public static String connectFrame(String id, String token) {
        ObjectNode frame = JSON.createObjectNode();
        frame.put("type", "req").put("id", id).put("method", "connect");
        frame.set("params", connectParams(token));
        return frame.toString();
    }

    /** Waits for the challenge and sends {@code connect}; returns the payload of the answer. */
    public JsonNode hello(ObjectNode params) {
        JsonNode _ = await("connect.challenge", event -> true);
        return call("connect", params);
    }

    /** The same as a device, which proves itself. */
    public JsonNode hello(ObjectNode params, DeviceKey device) {
        device.prove(params, await("connect.challenge", event -> true));
        return call("connect", params);
    }

    /** A new connection like this one; this one stays as it is. */
    public GatewayClient reconnect(String token) {
        return connect(url, token);
    }

    // ---- calls ---------------------------------------------------------------------------------

    /** Calls without parameters. */
    public JsonNode call(String method) {
        return call(method, JSON.createObjectNode());
    }

    /** Calls with parameters given as JSON text. */
    public JsonNode call(String method, String paramsJson) {
        return call(method, JSON.readTree(paramsJson));
    }

    /**
     * Calls and returns the payload of the first answer.
     *
     * @throws CallFailed if the answer is an error
     */
    public JsonNode call(String method, JsonNode params) {
        Call call = start(method, params);
        try {
            return call.next();
        } finally {
            call.forget();
        }
    }

    /** Sends a request; its answers are taken from the call. */
    public Call start(String method, JsonNode params) {
        String id = "t" + lastId.incrementAndGet();
        answers.put(id, new LinkedBlockingQueue<>());
        ObjectNode frame = JSON.createObjectNode();
        frame.put("type", "req").put("id", id).put("method", method).set("params", params);
        send(frame.toString());
        return new Call(id, method);
    }

    /** A request that was sent. Method {@code agent} gets two answers. */
    public final class Call {
        private final String id;
        private final String method;

        private Call(String id, String method) {
            this.id = id;
            this.method = method;
        }

        /**
         * Waits for the next answer and returns its payload.
         *
         * @throws CallFailed if the answer is an error
         */
        public JsonNode next() {
            return next(Wait.PATIENCE.toMillis());
        }

        /** As above, with a limit of its own. */
        public JsonNode next(long timeoutMs) {
            Optional<JsonNode> answer =
                    poll(answers.getOrDefault(id, new LinkedBlockingQueue<>()), timeoutMs);
            JsonNode frame =
                    answer.orElseThrow(
                            () ->
                                    new AssertionError(
                                            "no answer to "
                                                    + method
                                                    + " within "
                                                    + timeoutMs
                                                    + " ms; "
                                                    + describe()));
            if (!frame.path("ok").asBoolean(false)) {
                throw new CallFailed(method, frame.path("error"));
            }
            return frame.path("payload");
        }

        void forget() {
            answers.remove(id);
        }
    }

    /** Sends one text frame as it stands. */
    public void send(String text) {
        WebSocket _ = socket.sendText(text, true).join();
    }

    // ---- events --------------------------------------------------------------------------------

    /** Takes events until one of this name matches, and returns its payload. */
    public JsonNode await(String name, Predicate<JsonNode> payload) {
        return await(name, payload, Wait.PATIENCE.toMillis());
    }

    /** As above, with a limit of its own. */
    public JsonNode await(String name, Predicate<JsonNode> payload, long timeoutMs) {
        return await(
                        frame ->
                                frame.path("event").asString("").equals(name)
                                        && payload.test(frame.path("payload")),
                        timeoutMs)
                .orElseThrow(
                        () ->
                                new AssertionError(
                                        "no event "
                                                + name
                                                + " within "
                                                + timeoutMs
                                                + " ms; "
                                                + describe()))
                .path("payload");
    }

    /** Takes events until one frame matches; empty when none does in time. */
    public Optional<JsonNode> await(Predicate<JsonNode> frame, long timeoutMs) {
        TimeLimit limit = TimeLimit.in(timeoutMs);
        while (true) {
            Optional<JsonNode> event = poll(events, limit.leftMs());
            if (event.isEmpty() || frame.test(event.get())) {
                return event;
            }
        }
    }

    /** Every event frame that came, taken or not. */
    public List<JsonNode> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    /** Where the numbers of events were not consecutive; empty on a sound connection. */
    public List<String> gaps() {
        synchronized (seen) {
            return List.copyOf(gaps);
        }
    }

    // ---- the end -------------------------------------------------------------------------------

    /** Waits until the connection has ended. */
    public Close awaitClose() {
        try {
            return closed.get(Wait.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the connection is still open; " + describe(), e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Closes properly. */
    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            WebSocket _ = socket.sendClose(1000, "").exceptionally(_ -> socket).join();
        }
        socket.abort();
        http.shutdownNow();
    }

    /** Lets the connection end without a word. */
    public void drop() {
        socket.abort();
        http.shutdownNow();
    }

    private String describe() {
        List<JsonNode> all = seen();
        return (closed.isDone() ? "closed: " + closed.join() : "open")
                + ", newest events: "
                + all.subList(Math.max(0, all.size() - 5), all.size());
    }

    /** Waits for the next one; not any longer when the connection has ended. */
    private Optional<JsonNode> poll(BlockingQueue<JsonNode> queue, long timeoutMs) {
        TimeLimit limit = TimeLimit.in(timeoutMs);
        try {
            while (true) {
                boolean last = closed.isDone() || limit.leftMs() == 0;
                long waitMs = last ? 0 : Math.min(LOOK_EVERY_MS, limit.leftMs());
                JsonNode frame = queue.poll(waitMs, TimeUnit.MILLISECONDS);
                if (frame != null || last) {
                    return Optional.ofNullable(frame);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void received(JsonNode frame) {
        if (frame.path("type").asString("").equals("res")) {
            BlockingQueue<JsonNode> waiting = answers.get(frame.path("id").asString(""));
            if (waiting != null) {
                waiting.add(frame);
            }
            return;
        }
        synchronized (seen) {
            seen.add(frame);
            if (frame.has("seq")) {
                long seq = frame.path("seq").asLong();
                if (seq != lastSeq + 1) {
                    gaps.add(lastSeq + " -> " + seq);
                }
                lastSeq = seq;
            }
        }
        events.add(frame);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                JsonNode frame = JSON.readTree(message.toString());
                message.setLength(0);
                received(frame);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(new Close(code, reason));
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            closed.complete(new Close(1006, failure.toString()));
        }
    }
}
