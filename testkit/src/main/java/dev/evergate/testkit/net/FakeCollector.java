package dev.evergate.testkit.net;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An OpenTelemetry collector that understands what it gets (OTLP over HTTP, protobuf), and one that
 * behaves badly. Thread-safe.
 */
public final class FakeCollector implements AutoCloseable {
    private static final int HEAD_BYTES_MAX = 65_536;

    /** How it treats whoever sends. */
    public enum Manner {
        /** Takes everything. */
        KIND,
        /** Reads and never answers. */
        MUTE,
        /** Answers 500. */
        FAILING,
        /** Sends everybody to {@code /elsewhere}. */
        REDIRECTING,
        /** Answers 200 and then never stops. */
        ENDLESS,
        /** Answers 200 and then a byte now and then. */
        TRICKLING,
        /** Answers what is not HTTP. */
        GARBAGE
    }

    /** A span, with ids in hex; times in ms since 1970. */
    public record SeenSpan(
            String trace,
            String id,
            String parent,
            String name,
            long startMs,
            long endMs,
            Map<String, String> attributes) {}

    /** A log record. */
    public record SeenLog(long atMs, String severity, String event, String text) {}

    private final ServerSocket listener;
    private final Queue<SeenSpan> spans = new ConcurrentLinkedQueue<>();
    private final Queue<SeenLog> logs = new ConcurrentLinkedQueue<>();
    private final Queue<String> metrics = new ConcurrentLinkedQueue<>();
    private final Queue<String> resources = new ConcurrentLinkedQueue<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> malformed = new ConcurrentLinkedQueue<>();
    private volatile Manner manner;

    public FakeCollector(Manner manner) {
        this.manner = manner;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public String endpoint() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    public void behave(Manner changed) {
        manner = changed;
    }

    public List<SeenSpan> spans() {
        return List.copyOf(spans);
    }

    public List<SeenLog> logs() {
        return List.copyOf(logs);
    }

    /** Names of metrics, as often as they came. */
    public List<String> metrics() {
        return List.copyOf(metrics);
    }

    /** {@code key=value} of every resource. */
    public List<String> resources() {
        return List.copyOf(resources);
    }

    /** Path and headers of every request. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** What could not be understood. */
    public List<Throwable> malformed() {
        return List.copyOf(malformed);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket peer = listener.accept();
                Thread.ofVirtual().start(() -> serve(peer));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket peer) {
        try (peer) {
            var in = new DataInputStream(peer.getInputStream());
            while (!listener.isClosed()) {
                String head = head(in);
                byte[] body = new byte[length(head)];
                in.readFully(body);
                requests.add(head);
                if (!answer(head, body, peer.getOutputStream())) {
                    return;
                }
            }
        } catch (IOException e) {
            // The other side has gone.
        }
    }

    private boolean answer(String head, byte[] body, OutputStream out) throws IOException {
        switch (manner) {
            case KIND -> {
                read(head, body);
                return said(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
            case FAILING -> {
                return said(out, "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno");
            }
            case REDIRECTING -> {
                return said(
                        out,
                        "HTTP/1.1 307 There\r\nLocation: "
                                + endpoint()
                                + "/elsewhere\r\nContent-Length: 0\r\n\r\n");
            }
            case MUTE -> hold();
            case GARBAGE -> said(out, "\u0000\u0001 what?\r\n\r\n".repeat(1_000));
            case ENDLESS -> {
                said(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while (!listener.isClosed()) {
                    said(out, "1000\r\n" + "x".repeat(4_096) + "\r\n");
                }
            }
            case TRICKLING -> {
                said(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                while (!listener.isClosed()) {
                    said(out, "x");
                    dev.evergate.testkit.time.Wait.pause(500);
                }
            }
        }
        return false;
    }

    private void hold() {
        while (!listener.isClosed()) {
            dev.evergate.testkit.time.Wait.pause(100);
        }
    }

    private static boolean said(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return true;
    }

    private void read(String head, byte[] body) {
        try {
            String path = head.split(" ", 3)[1];
            for (Proto ofResource : new Proto(body).all(1)) {
                ofResource.all(1).forEach(r -> attributes(r, 1).forEach(this::resource));
                for (Proto ofScope : ofResource.all(2)) {
                    for (Proto item : ofScope.all(2)) {
                        item(path, item);
                    }
                }
            }
        } catch (RuntimeException e) {
            malformed.add(e);
        }
    }

    private void resource(String key, String value) {
        resources.add(key + "=" + value);
    }

    private void item(String path, Proto item) {
        switch (path) {
            case "/v1/traces" ->
                    spans.add(
                            new SeenSpan(
                                    hex(item.bytes(1)),
                                    hex(item.bytes(2)),
                                    hex(item.bytes(4)),
                                    item.text(5),
                                    item.number(7) / 1_000_000,
                                    item.number(8) / 1_000_000,
                                    attributes(item, 9)));
            case "/v1/logs" ->
                    logs.add(
                            new SeenLog(
                                    item.number(1) / 1_000_000,
                                    item.text(3),
                                    item.text(12),
                                    item.all(5).getFirst().text(1)));
            case "/v1/metrics" -> metrics.add(item.text(1));
            default -> throw new IllegalArgumentException(path);
        }
    }

    private static Map<String, String> attributes(Proto message, int field) {
        Map<String, String> attributes = new TreeMap<>();
        for (Proto pair : message.all(field)) {
            attributes.put(pair.text(1), pair.all(2).getFirst().text(1));
        }
        return attributes;
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }

    private static String head(DataInputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0 || head.length() > HEAD_BYTES_MAX) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }
}
