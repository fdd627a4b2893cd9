package dev.evergate.testkit.model;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A request that reached a fake provider, and what became of its connection. Thread-safe. */
public final class SeenRequest {
    private static final JsonMapper JSON = new JsonMapper();

    private final String method;
    private final String path;
    private final Map<String, String> headers;
    private final byte[] body;
    private final long receivedNanos;
    private final CountDownLatch closedEarly = new CountDownLatch(1);
    private volatile boolean over;

    SeenRequest(
            String method,
            String path,
            Map<String, String> headers,
            byte[] body,
            long receivedNanos) {
        this.method = method;
        this.path = path;
        this.headers = Map.copyOf(headers);
        this.body = body;
        this.receivedNanos = receivedNanos;
    }

    public String method() {
        return method;
    }

    /** Path with query, as it was sent. */
    public String path() {
        return path;
    }

    /** The value of a header; {@code name} in lower case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** All headers, names in lower case. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The body's bytes as they were sent. */
    public byte[] body() {
        return body.clone();
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        return JSON.readTree(body);
    }

    /** When it was complete, on the monotonic clock. */
    public long receivedNanos() {
        return receivedNanos;
    }

    /** Whether the client closed the connection before the answer was complete. */
    public boolean isClosedEarly() {
        return closedEarly.getCount() == 0;
    }

    /** Waits until the client closes the connection, and says whether it did in time. */
    public boolean awaitClosedEarly(long timeoutMs) throws InterruptedException {
        return closedEarly.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** The script has said all it wants to: whoever closes the connection now is not early. */
    void over() {
        over = true;
    }

    void connectionEnded() {
        if (!over) {
            closedEarly.countDown();
        }
    }

    @Override
    public String toString() {
        return method + " " + path + " (" + body.length + " bytes)";
    }
}
