import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Uses a gateway as a client does, which stays connected over a restart. */
class Exercise implements AutoCloseable {
    private static final int ROUNDS = 60;
    private static final int ANSWER_LIMIT_SECONDS = 20;

    private static final List<String> METHODS =
            List.of("health", "status", "sessions.list", "agents.list", "models.list");

    private static final String HELLO =
            """
            {"minProtocol":4,"maxProtocol":4,"role":"operator",
             "scopes":["operator.read","operator.write"],"auth":{"token":"%s"},
             "client":{"id":"cli","version":"0","platform":"any","mode":"cli"}}
            """;

    private static final String TURN =
            """
            {"message":"hello","sessionKey":"agent:main:main","idempotencyKey":"training"}
            """;

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;
    private final String token;
    private int requests;

    Exercise(int port, String token) {
        this.port = port;
        this.token = token;
    }

    /** Waits until a generation says that it is ready; throws if that takes too long. */
    void awaitReady(Process gateway, int generation, int limitSeconds)
            throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
        while (!isReady(generation)) {
            if (!gateway.isAlive()) {
                throw new IOException("it ended with exit code " + gateway.exitValue());
            }
            if (System.nanoTime() > limit) {
                throw new IOException("not ready after " + limitSeconds + " s");
            }
            Thread.sleep(50);
        }
    }

    /** Connects, lets a restart happen, and asks everything. */
    void useGateway(Restart restart) throws IOException, InterruptedException {
        WebSocket socket =
                client.newWebSocketBuilder()
                        .buildAsync(URI.create("ws://127.0.0.1:" + port + "/"), new Listener())
                        .join();
        answer("\"connect.challenge\"");
        ask(socket, "connect", HELLO.formatted(token));
        restart.run();
        for (String probe : List.of("/healthz", "/startupz", "/readyz", "/no-such-page")) {
            page(probe);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (String method : METHODS) {
                ask(socket, method, "{}");
            }
        }
        String turn = ask(socket, "agent", TURN);
        answer(turn); // the second answer to the same request comes when the turn has ended
        ask(socket, "chat.history", "{\"sessionKey\":\"agent:main:main\"}");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    /** Sends one request and waits for its answer; returns what marks answers to it. */
    private String ask(WebSocket socket, String method, String params)
            throws IOException, InterruptedException {
        String id = "\"id\":\"" + ++requests + "\"";
        String frame = "{\"type\":\"req\"," + id + ",\"method\":\"" + method + "\",\"params\":";
        socket.sendText(frame + params.replace("\n", "") + "}", true).join();
        answer(id);
        return id;
    }

    private void answer(String mark) throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_LIMIT_SECONDS);
        String frame;
        do {
            frame = frames.poll(limit - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (frame == null) {
                throw new IOException("no frame with " + mark + " came");
            }
        } while (!frame.contains(mark));
        if (frame.contains("\"ok\":false")) {
            throw new IOException(frame);
        }
    }

    private boolean isReady(int generation) throws InterruptedException {
        String page = page("/readyz");
        return page.contains("\"ready\":true")
                && page.contains("\"generation\":" + generation + ",");
    }

    /** Empty while nobody listens. */
    private String page(String path) throws InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(2))
                        .build();
        try {
            return client.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }

    interface Restart {
        void run() throws IOException, InterruptedException;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            partial.append(text);
            if (last) {
                frames.add(partial.toString());
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
