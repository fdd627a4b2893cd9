package dev.evergate.app.cli.wire;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Entropy;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.World;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

import javax.net.ssl.SSLSocket;

/**
 * The client's end of a WebSocket (RFC 6455) over a blocking socket.
 *
 * <p>The JDK's own client costs a command 0.3 s of CPU before the first byte; this one needs no
 * thread and next to no classes. One thread reads; any thread writes.
 */
public final class WebSocketStream implements Closeable {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int HEAD_BYTES_MAX = 16 * 1024;
    private static final int MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private final Socket socket;
    private final OutputStream out;
    private final Time time;
    private final Entropy entropy;
    private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;
    private long heardNanos;

    private WebSocketStream(Socket socket, World world) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.time = world.time();
        this.entropy = world.entropy();
        this.heardNanos = time.nanos();
    }

    /** Connects and upgrades, or throws; {@link UpgradeRefused} if the other side said no. */
    public static WebSocketStream open(URI url, World world, Deadline deadline) throws IOException {
        return open(url, Trust.SYSTEM, world, deadline);
    }

    /** The same, with a certificate that is trusted otherwise. */
    public static WebSocketStream open(URI url, Trust trust, World world, Deadline deadline)
            throws IOException {
        Socket socket = connect(url, trust, world.time(), deadline);
        try {
            var stream = new WebSocketStream(socket, world);
            stream.upgrade(url, deadline);
            return stream;
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    /** A connected socket, encrypted for {@code wss}. */
    static Socket connect(URI url, Trust trust, Time time, Deadline deadline) throws IOException {
        String host = url.getHost();
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = GatewayAddress.port(url);
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(name, port), millisLeft(time, deadline));
            plain.setTcpNoDelay(true);
            if (!url.getScheme().equals("wss")) {
                return plain;
            }
            SSLSocket secure = trust.encrypt(plain, name, port);
            secure.setSoTimeout(millisLeft(time, deadline));
            secure.startHandshake();
            return secure;
        } catch (IOException | RuntimeException failure) {
            plain.close();
            throw failure;
        }
    }

    /** The next message; empty if none came in time. Nothing is lost by a time-out. */
    public Optional<String> read(Deadline deadline) throws IOException {
        while (true) {
            if (!fill(2, deadline)) {
                return Optional.empty();
            }
            int head = buffer[start] & 0xff;
            int second = buffer[start + 1] & 0xff;
            int lengthBytes = (second & 0x7f) < 126 ? 0 : (second & 0x7f) == 126 ? 2 : 8;
            if ((second & 0x80) != 0 || (head & 0x70) != 0) {
                throw new IOException("The gateway sent a masked or extended WebSocket frame");
            }
            if (!fill(2 + lengthBytes, deadline)) {
                return Optional.empty();
            }
            long length = second & 0x7f;
            if (lengthBytes > 0) {
                length = 0;
                for (int i = 0; i < lengthBytes; i++) {
                    length = (length << 8) | (buffer[start + 2 + i] & 0xff);
                }
            }
            if (length < 0 || length + fragments.size() > MESSAGE_BYTES_MAX) {
                throw new IOException(
                        "The gateway sent a message of "
                                + length
                                + " bytes (expected: at most 32 MiB)");
            }
            if (!fill(2 + lengthBytes + (int) length, deadline)) {
                return Optional.empty();
            }
            int from = start + 2 + lengthBytes;
            byte[] payload = Arrays.copyOfRange(buffer, from, from + (int) length);
            start = from + (int) length;
            Optional<String> message = take(head & 0x0f, (head & 0x80) != 0, payload);
            if (message.isPresent()) {
                return message;
            }
        }
    }

    /** Sends one message. */
    public void write(String text) throws IOException {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** When the other side last sent anything, in terms of {@link Time#nanos}. */
    public long heardNanos() {
        return heardNanos;
    }

    /** Says goodbye without waiting for an answer. */
    @Override
    public void close() {
        try (socket) {
            send(CLOSE, new byte[0]);
        } catch (IOException _) {
            // It is gone already, which is what was wanted.
        }
    }

    private Optional<String> take(int opcode, boolean isFinal, byte[] payload) throws IOException {
        switch (opcode) {
            case PING -> send(PONG, payload);
            case PONG -> {}
            case CLOSE -> throw closed(payload);
            case TEXT, BINARY, CONTINUATION -> {
                fragments.write(payload);
                if (isFinal) {
                    String message = fragments.toString(StandardCharsets.UTF_8);
                    fragments.reset();
                    return Optional.of(message);
                }
            }
            default -> throw new IOException("The gateway sent WebSocket opcode " + opcode);
        }
        return Optional.empty();
    }

    private static ConnectionClosed closed(byte[] payload) {
        if (payload.length < 2) {
            return new ConnectionClosed(1005, "");
        }
        int code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        return new ConnectionClosed(
                code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }

    private void upgrade(URI url, Deadline deadline) throws IOException {
        byte[] nonce = new byte[16];
        entropy.fill(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        String path =
                url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String request =
                String.join(
                        "\r\n",
                        "GET " + path + " HTTP/1.1",
                        "Host: " + url.getHost() + ":" + GatewayAddress.port(url),
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: " + key,
                        "\r\n");
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        String head = readHead(deadline);
        String status = head.lines().findFirst().orElse("");
        if (!status.startsWith("HTTP/1.1 101")) {
            throw new UpgradeRefused(status);
        }
        if (!header(head, "sec-websocket-accept").equals(acceptFor(key))) {
            throw new IOException("The answer to the WebSocket upgrade was not meant for us");
        }
    }

    private String readHead(Deadline deadline) throws IOException {
        for (int bytes = 4; bytes <= HEAD_BYTES_MAX; bytes++) {
            if (!fill(bytes, deadline)) {
                throw new SocketTimeoutException("no answer to the WebSocket upgrade");
            }
            int last = start + bytes;
            if (buffer[last - 1] == '\n'
                    && buffer[last - 2] == '\r'
                    && buffer[last - 3] == '\n'
                    && buffer[last - 4] == '\r') {
                String head = new String(buffer, start, bytes, StandardCharsets.ISO_8859_1);
                start = last;
                return head;
            }
        }
        throw new IOException("The head of the answer is longer than " + HEAD_BYTES_MAX + " bytes");
    }

    private static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static String acceptFor(String key) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Makes {@code bytes} bytes available from {@link #start}; false if they did not come in time.
     */
    private boolean fill(int bytes, Deadline deadline) throws IOException {
        if (start > 0 && start + bytes > buffer.length) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(bytes, Math.min(2 * buffer.length, 1 << 25)));
        }
        while (end - start < bytes) {
            if (deadline.hasPassed(time)) {
                return false;
            }
            socket.setSoTimeout(millisLeft(time, deadline));
            try {
                int count = socket.getInputStream().read(buffer, end, buffer.length - end);
                if (count < 0) {
                    throw new EOFException("The gateway closed the connection");
                }
                end += count;
                heardNanos = time.nanos();
            } catch (SocketTimeoutException _) {
                return false;
            }
        }
        return true;
    }

    private synchronized void send(int opcode, byte[] payload) throws IOException {
        var frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(0x80 | opcode);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 1 << 16) {
            frame.write(0x80 | 126);
            frame.write(payload.length >>> 8);
            frame.write(payload.length);
        } else {
            frame.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >>> shift));
            }
        }
        byte[] mask = new byte[4];
        entropy.fill(mask);
        frame.write(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i & 3]);
        }
        frame.writeTo(out);
        out.flush();
    }

    private static int millisLeft(Time time, Deadline deadline) {
        return Math.clamp(deadline.remainingMillis(time), 1, Integer.MAX_VALUE);
    }
}
