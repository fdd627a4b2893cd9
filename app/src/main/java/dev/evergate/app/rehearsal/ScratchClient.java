package dev.evergate.app.rehearsal;

import dev.evergate.api.Secret;
import dev.evergate.app.cli.wire.WebSocketStream;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;

/** Somebody who uses the scratch gateway as clients will use the real one. Used by one thread. */
final class ScratchClient implements AutoCloseable {
    private static final int ANSWER_CHARS_SHOWN = 500;

    private final WebSocketStream stream;
    private final Deadline deadline;
    private int requests;

    private ScratchClient(WebSocketStream stream, Deadline deadline) {
        this.stream = stream;
        this.deadline = deadline;
    }

    /** Connects and proves itself; everything it does ends at the deadline. */
    static ScratchClient connect(URI url, Secret secret, World world, Deadline deadline)
            throws IOException {
        var client = new ScratchClient(WebSocketStream.open(url, world, deadline), deadline);
        try {
            String _ = client.await("\"connect.challenge\"");
            String quoted = JsonMapper.shared().writeValueAsString(secret.reveal());
            String _ = client.ask("connect", introduction(quoted));
            return client;
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static String introduction(String quotedSecret) {
        return """
        {"minProtocol":4,"maxProtocol":4,"role":"operator",
         "scopes":["operator.read","operator.write"],"auth":{"token":%1$s,"password":%1$s},
         "client":{"id":"gateway-client","version":"rehearsal","platform":"any",
                   "mode":"backend"}}
        """
                .formatted(quotedSecret);
    }

    /** Sends a request; returns the first answer to it. */
    String ask(String method, String params) throws IOException {
        requests++;
        stream.write(
                "{\"type\":\"req\",\"id\":\"%d\",\"method\":\"%s\",\"params\":%s}"
                        .formatted(requests, method, params));
        return answer();
    }

    /** The next answer to the last request. */
    String answer() throws IOException {
        String answer = await("\"id\":\"" + requests + "\"");
        if (!answer.contains("\"ok\":true")) {
            throw new IOException("the answer was " + beginning(answer));
        }
        return answer;
    }

    /** The next frame with these words in it. */
    String await(String words) throws IOException {
        while (true) {
            String frame =
                    stream.read(deadline)
                            .orElseThrow(() -> new IOException("no frame with " + words));
            if (frame.contains(words)) {
                return frame;
            }
        }
    }

    private static String beginning(String answer) {
        return answer.substring(0, Math.min(ANSWER_CHARS_SHOWN, answer.length()));
    }

    @Override
    public void close() {
        stream.close();
    }
}
