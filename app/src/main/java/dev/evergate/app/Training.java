package dev.evergate.app;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigFile;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.ExitCode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lives a short life on a scratch state, so that the JVM can write its startup cache: a step of
 * packaging ({@code --train}), never of serving.
 */
final class Training {
    /** Enough for the paths of a start and of daily work to have been taken. */
    private static final int CALLS = 300;

    private static final Secret TOKEN = Secret.of("training");
    private static final long ANSWERS_WITHIN_S = 60;

    private Training() {}

    /**
     * Starts everything, calls it some hundred times, has one message answered, stops everything.
     */
    static ExitCode run() throws Exception {
        Path scratch = Files.createTempDirectory("evergate-training");
        try (var world = new RealWorld(new FaultHandler())) {
            StateDirectory state = new StateDirectory(scratch).prepare();
            var file = new ConfigFile(state.config());
            file.createIfMissing(TOKEN.reveal());
            var anyPort =
                    new ConfigOverrides(Optional.of(0), Optional.empty(), TOKEN, Secret.none());
            var life = new Door.Life(world.ids().next(), 1, 0);
            var plan = new GatewayAssembly.Plan(state, file, file.read(anyPort), life, Map.of());
            GatewayAssembly assembly = GatewayAssembly.build(world, plan);
            assembly.start(OptionalInt.empty());
            assembly.writeAccess(state);
            boolean answered = converse(URI.create(assembly.url()));
            assembly.stop(1_000, 0);
            return answered ? ExitCode.OK : ExitCode.UNEXPECTED;
        } finally {
            delete(scratch);
        }
    }

    private static boolean converse(URI url) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            for (String route : new String[] {"healthz", "readyz", "startupz"}) {
                var request =
                        HttpRequest.newBuilder(url.resolve(route))
                                .timeout(Duration.ofSeconds(10))
                                .build();
                http.send(request, HttpResponse.BodyHandlers.discarding());
            }
            var client = new Client();
            WebSocket socket =
                    http.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws" + url.toString().substring("http".length())),
                                    client)
                            .get(10, TimeUnit.SECONDS);
            boolean answered = client.finished.await(ANSWERS_WITHIN_S, TimeUnit.SECONDS);
            socket.abort();
            return answered;
        }
    }

    /** Signs in, then asks one thing after the other; the last thing is a message. */
    private static final class Client implements WebSocket.Listener {
        private static final String CONNECT =
                """
                {"type":"req","id":"0","method":"connect","params":{"minProtocol":4,"maxProtocol":4,\
                "client":{"id":"cli","version":"1","platform":"linux","mode":"cli"},"caps":[],\
                "auth":{"token":"%s"},"role":"operator","scopes":["operator.admin"]}}"""
                        .formatted(TOKEN.reveal());

        private static final String[] METHODS = {
            "health", "status", "system-presence", "sessions.list", "agents.list", "models.list"
        };

        private final CountDownLatch finished = new CountDownLatch(1);
        private final StringBuilder frame = new StringBuilder();
        private int sent;

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence part, boolean last) {
            frame.append(part);
            if (last) {
                next(socket, frame.toString());
                frame.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void next(WebSocket socket, String received) {
            if (received.contains("connect.challenge")) {
                socket.sendText(CONNECT, true);
            } else if (received.contains("\"type\":\"res\"") && sent < CALLS) {
                String method = METHODS[sent % METHODS.length];
                sent++;
                socket.sendText(
                        "{\"type\":\"req\",\"id\":\"%d\",\"method\":\"%s\",\"params\":{}}"
                                .formatted(sent, method),
                        true);
            } else if (received.contains("\"type\":\"res\"") && sent == CALLS) {
                sent++;
                socket.sendText(
                        """
                        {"type":"req","id":"t","method":"chat.send","params":{"sessionKey":"main",\
                        "message":"hello","idempotencyKey":"training"}}""",
                        true);
            } else if (received.contains("\"state\":\"final\"")) {
                finished.countDown();
            }
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            error.printStackTrace();
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, IOException failure)
                            throws IOException {
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
