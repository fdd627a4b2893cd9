package dev.evergate.app.cli;

import dev.evergate.core.time.World;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A gateway played by script: the handshake is real enough, each method is what a test says. */
final class FakeGateway implements AutoCloseable {
    static final String TOKEN = "T0KEN";
    static final String INSTANCE = "0b7e7a51-life";

    private final ServerSocket server;
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** Plays one method. */
    interface Handler {
        void play(FakeLine line, JsonNode request) throws IOException;
    }

    FakeGateway(World world) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        on("connect", FakeGateway::welcome);
        world.tasks().start("fake gateway", () -> accept(world));
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/");
    }

    FakeGateway on(String method, Handler handler) {
        handlers.put(method, handler);
        return this;
    }

    FakeGateway answers(String method, String payload) {
        return on(method, (line, request) -> line.done(request, FakeLine.tree(payload)));
    }

    /** The parameters a method was called with, one entry a call. */
    List<JsonNode> calls(String method) {
        List<JsonNode> calls = new ArrayList<>();
        for (JsonNode request : requests) {
            if (request.path("method").asString("").equals(method)) {
                calls.add(request.path("params"));
            }
        }
        return calls;
    }

    /** Lets the client in if it shows the token. */
    static void welcome(FakeLine line, JsonNode request) throws IOException {
        JsonNode params = request.path("params");
        if (!params.path("auth").path("token").asString("").equals(TOKEN)) {
            boolean isMissing = params.path("auth").isMissingNode();
            line.refused(
                    request,
                    isMissing ? "NOT_PAIRED" : "INVALID_REQUEST",
                    isMissing ? "device identity required" : "unauthorized: token mismatch",
                    isMissing ? "DEVICE_IDENTITY_REQUIRED" : "AUTH_TOKEN_MISMATCH");
            line.close(1008, "unauthorized");
            return;
        }
        line.done(
                request,
                FakeLine.tree(
                        "{'type':'hello-ok','protocol':4,'server':{'version':'9.9.9','connId':'c'},"
                                + "'snapshot':{'uptimeMs':61000},'policy':{'tickIntervalMs':30000}}"));
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept(World world) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                world.tasks().start("fake connection", () -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            List<String> head = head(socket.getInputStream());
            if (head.getFirst().startsWith("GET /healthz")) {
                answerHealth(socket);
                return;
            }
            upgrade(socket, head);
            var line = new FakeLine(socket);
            line.event("connect.challenge", FakeLine.object().put("nonce", "n").put("ts", 1));
            while (true) {
                FakeLine.Frame frame = line.read();
                if (frame.opcode() == FakeLine.CLOSE) {
                    return;
                }
                if (frame.opcode() == FakeLine.TEXT) {
                    JsonNode request = FakeLine.tree(frame.text());
                    requests.add(request);
                    String method = request.path("method").asString("");
                    handlers.getOrDefault(method, FakeGateway::unknown).play(line, request);
                }
            }
        } catch (IOException gone) {
            // The client went away, or the test is over.
        }
    }

    private static void unknown(FakeLine line, JsonNode request) throws IOException {
        line.refused(
                request,
                "INVALID_REQUEST",
                "unknown method: " + request.path("method").asString(""),
                "");
    }

    private static List<String> head(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            text.append((char) next);
        }
        return text.toString().lines().toList();
    }

    private static void answerHealth(Socket socket) throws IOException {
        ObjectNode body = FakeLine.object().put("live", true).put("instance", INSTANCE);
        String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body;
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    private static void upgrade(Socket socket, List<String> head) throws IOException {
        String key =
                head.stream()
                        .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                        .map(line -> line.substring("Sec-WebSocket-Key: ".length()))
                        .findFirst()
                        .orElseThrow();
        String answer =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + acceptFor(key)
                        + "\r\n\r\n";
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    private static String acceptFor(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(
                                    (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                            .getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
