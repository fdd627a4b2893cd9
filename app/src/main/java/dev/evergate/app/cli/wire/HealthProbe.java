package dev.evergate.app.cli.wire;

import dev.evergate.core.time.World;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks {@code /healthz} who listens at an address, before any secret is sent there. */
public final class HealthProbe {
    private static final int TIMEOUT_MS = 2_000;
    private static final int ANSWER_BYTES_MAX = 64 * 1024;

    private final World world;

    public HealthProbe(World world) {
        this.world = world;
    }

    /** The answer, if one came that looks like a gateway's. */
    public Optional<JsonNode> ask(URI url, Trust trust) {
        var deadline = world.time().deadlineIn(TIMEOUT_MS);
        try (var socket = WebSocketStream.connect(url, trust, world.time(), deadline)) {
            socket.setSoTimeout(TIMEOUT_MS);
            String request =
                    "GET /healthz HTTP/1.0\r\nHost: "
                            + url.getHost()
                            + ":"
                            + GatewayAddress.port(url)
                            + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(ANSWER_BYTES_MAX);
            String text = new String(answer, StandardCharsets.UTF_8);
            int body = text.indexOf("\r\n\r\n");
            if (!text.startsWith("HTTP/1.") || body < 0) {
                return Optional.empty();
            }
            JsonNode tree = JsonMapper.shared().readTree(text.substring(body));
            return tree.has("live") || tree.has("ok") || tree.has("status")
                    ? Optional.of(tree)
                    : Optional.empty();
        } catch (IOException | JacksonException nobody) {
            return Optional.empty();
        }
    }
}
