package dev.evergate.testkit.net;

import dev.evergate.testkit.time.Wait;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Clients that have gone mute, each kind at another point of its conversation: from then on they
 * read nothing, answer nothing and keep their connection open. One thread makes all of them and
 * none serves them. Not thread-safe.
 */
public final class MuteCrowd implements Closeable {
    /** Small enough that a peer which writes soon has to wait. */
    private static final int SMALL_BUFFER_BYTES = 4_096;

    /** Requests in flight that one connection may have. */
    private static final int REQUESTS = 90;

    private final InetSocketAddress address;
    private final String token;
    private final List<RawClient> clients = new ArrayList<>();
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

    /** Where in its conversation a client falls silent. */
    public enum Kind {
        /** Connected, nothing sent. */
        SILENT,
        /** Half of a request's head. */
        HALF_HEAD,
        /** A request's head and a part of the body it announced. */
        HALF_BODY,
        /** A request was answered, and the connection is kept. */
        IDLE_AFTER_ANSWER,
        /** An upgrade whose answer is not read. */
        UPGRADING,
        /** The challenge has come, no {@code connect} follows. */
        CHALLENGED,
        /** Authenticated; reads nothing, not even a close frame. */
        AUTHENTICATED,
        /** Authenticated, in the middle of sending a frame. */
        HALF_FRAME,
        /** Authenticated, with more answers on their way than all socket buffers hold. */
        SLOW_DOWNLOAD,
        /** Authenticated, and has said that it will send nothing more. */
        HALF_CLOSED
    }

    public MuteCrowd(InetSocketAddress address, String token) {
        this.address = address;
        this.token = token;
    }

    /** Lets {@code count} clients in, of every kind in turn. */
    public MuteCrowd join(int count) throws IOException {
        Kind[] kinds = Kind.values();
        for (int i = 0; i < count; i++) {
            join(kinds[i % kinds.length]);
        }
        return this;
    }

    /** Lets one client in. */
    public RawClient join(Kind kind) throws IOException {
        RawClient client = connect(kind);
        clients.add(client);
        int _ = counts.merge(kind, 1, Integer::sum);
        return client;
    }

    private RawClient connect(Kind kind) throws IOException {
        return switch (kind) {
            case SILENT -> raw(0);
            case HALF_HEAD -> raw(0).send("GET / HTTP/1.1\r\nHos");
            case HALF_BODY ->
                    raw(0).send(
                                    "POST /hooks HTTP/1.1\r\nHost: 127.0.0.1:"
                                            + address.getPort()
                                            + "\r\nContent-Length: 1000\r\n\r\n{\"half\":");
            case IDLE_AFTER_ANSWER -> {
                RawClient client = raw(0);
                RawClient.Answer _ = client.http("GET", "/", "Connection: keep-alive");
                yield client;
            }
            case UPGRADING -> raw(0).sendUpgrade();
            case CHALLENGED -> challenged(0);
            case AUTHENTICATED -> authenticated(0);
            case HALF_FRAME -> authenticated(0).send(RawClient.frameHeader(1, 1_000));
            case SLOW_DOWNLOAD -> {
                RawClient client = authenticated(SMALL_BUFFER_BYTES);
                for (int i = 0; i < REQUESTS; i++) {
                    client.sendText(
                            """
                            {"type":"req","id":"d%d","method":"logs.tail",
                             "params":{"limit":5000,"maxBytes":1000000}}"""
                                    .formatted(i));
                }
                yield client;
            }
            case HALF_CLOSED -> {
                RawClient client = authenticated(0);
                client.socket().shutdownOutput();
                yield client;
            }
        };
    }

    private RawClient raw(int bufferBytes) throws IOException {
        return RawClient.connect(address, Wait.PATIENCE, bufferBytes);
    }

    private RawClient challenged(int bufferBytes) throws IOException {
        RawClient client = raw(bufferBytes);
        RawClient.Answer answer = client.upgrade();
        if (answer.status() != 101) {
            throw new IOException("no upgrade: " + answer.head() + answer.body());
        }
        String _ = client.readText();
        return client;
    }

    private RawClient authenticated(int bufferBytes) throws IOException {
        RawClient client = challenged(bufferBytes);
        client.sendText(GatewayClient.connectFrame("c1", token));
        String hello = client.readText();
        if (!hello.contains("\"ok\":true")) {
            throw new IOException("no hello: " + hello);
        }
        return client;
    }

    /** How many have come in. */
    public int size() {
        return clients.size();
    }

    @Override
    public String toString() {
        return counts.toString();
    }

    @Override
    public void close() {
        for (RawClient client : clients) {
            try {
                client.close();
            } catch (IOException e) {
                // It is closed now, whatever it says.
            }
        }
        clients.clear();
    }
}
