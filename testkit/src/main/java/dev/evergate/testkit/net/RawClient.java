package dev.evergate.testkit.net;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A client on a plain socket, which does exactly what it is told: connects, sends any bytes, speaks
 * HTTP and WebSocket when asked, or does nothing at all. Not thread-safe, but one thread may write
 * while another reads.
 */
public final class RawClient implements Closeable {
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};
    private static final String KEY =
            Base64.getEncoder().encodeToString("0123456789abcdef".getBytes(StandardCharsets.UTF_8));

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = socket.getOutputStream();
    }

    /** A frame as it came. */
    public static final class Frame {
        private final int opcode;
        private final byte[] payload;

        private Frame(int opcode, byte[] payload) {
            this.opcode = opcode;
            this.payload = payload;
        }

        /** 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
        public int opcode() {
            return opcode;
        }

        public byte[] payload() {
            return payload.clone();
        }

        /** The payload of a text frame. */
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public boolean isClose() {
            return opcode == 8;
        }

        /** The code of a close frame; 1005 if it has none. */
        public int closeCode() {
            return payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        }

        /** The reason of a close frame. */
        public String closeReason() {
            return payload.length <= 2
                    ? ""
                    : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    /** An HTTP answer. {@code head} is the status line and the header lines. */
    public record Answer(int status, String head, String body) {}

    /** Opens a connection and sends nothing. Reads time out after {@code patience}. */
    public static RawClient connect(InetSocketAddress address, Duration patience)
            throws IOException {
        return connect(address, patience, 0);
    }

    /** The same with a receive buffer of that many bytes (0: the system's choice). */
    public static RawClient connect(
            InetSocketAddress address, Duration patience, int receiveBufferBytes)
            throws IOException {
        Socket socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) patience.toMillis());
        socket.connect(address, (int) patience.toMillis());
        return new RawClient(socket);
    }

    /** Opens an encrypted connection; the handshake is done. */
    public static RawClient connect(
            InetSocketAddress address, Duration patience, SSLContext encryption)
            throws IOException {
        RawClient plain = connect(address, patience);
        try {
            SSLSocketFactory factory = encryption.getSocketFactory();
            String host = address.getAddress().getHostAddress();
            var secure =
                    (SSLSocket) factory.createSocket(plain.socket, host, address.getPort(), true);
            secure.startHandshake();
            return new RawClient(secure);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    public Socket socket() {
        return socket;
    }

    /** Sends bytes as they are. */
    public RawClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Sends text as it is, in UTF-8. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a request without a body and reads the answer. Header lines come without line ends. */
    public Answer http(String method, String target, String... headers) throws IOException {
        send(head(method, target, headers));
        return readAnswer(method.equals("HEAD"));
    }

    private String head(String method, String target, String... headers) {
        StringBuilder text = new StringBuilder();
        text.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        boolean hasHost = false;
        for (String header : headers) {
            text.append(header).append("\r\n");
            hasHost |= header.regionMatches(true, 0, "host:", 0, 5);
        }
        if (!hasHost) {
            text.append("Host: 127.0.0.1:").append(socket.getPort()).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** Reads an HTTP answer. */
    public Answer readAnswer(boolean isHead) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        int length = 0;
        for (String line : text.lines().toList()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        byte[] body = new byte[isHead ? 0 : length];
        in.readFully(body);
        int status = Integer.parseInt(text.substring(9, 12));
        return new Answer(status, text, new String(body, StandardCharsets.UTF_8));
    }

    /** Becomes a WebSocket; the answer is 101 if the server agrees. */
    public Answer upgrade(String... headers) throws IOException {
        sendUpgrade(headers);
        return readAnswer(false);
    }

    /** Asks to become a WebSocket and does not read the answer. */
    public RawClient sendUpgrade(String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 4);
        all[headers.length] = "Upgrade: websocket";
        all[headers.length + 1] = "Connection: Upgrade";
        all[headers.length + 2] = "Sec-WebSocket-Version: 13";
        all[headers.length + 3] = "Sec-WebSocket-Key: " + KEY;
        return send(head("GET", "/", all));
    }

    /** Sends a whole, masked text frame. */
    public RawClient sendText(String text) throws IOException {
        return send(frame(true, 1, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends an empty close frame, as command-line clients do. */
    public RawClient sendClose() throws IOException {
        return send(frame(true, 8, new byte[0]));
    }

    /** The bytes of a masked frame. */
    public static byte[] frame(boolean isFinal, int opcode, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + 14);
        bytes.write((isFinal ? 0x80 : 0) | opcode);
        writeLength(bytes, payload.length);
        bytes.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            bytes.write(payload[i] ^ MASK[i & 3]);
        }
        return bytes.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream bytes, long length) {
        if (length < 126) {
            bytes.write(0x80 | (int) length);
            return;
        }
        int size = length < 65_536 ? 2 : 8;
        bytes.write(0x80 | (size == 2 ? 126 : 127));
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            bytes.write((int) (length >>> shift));
        }
    }

    /** The header of a masked frame whose payload will not be sent by this call. */
    public static byte[] frameHeader(int opcode, long payloadBytes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(14);
        bytes.write(0x80 | opcode);
        writeLength(bytes, payloadBytes);
        bytes.writeBytes(MASK);
        return bytes.toByteArray();
    }

    /**
     * Reads the next frame of any kind.
     *
     * @throws EOFException at the end of the stream
     */
    public Frame readFrame() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(first & 0x0f, payload);
    }

    /**
     * Reads up to the next text frame and returns its text; answers pings on the way.
     *
     * @throws EOFException if the peer closes before
     */
    public String readText() throws IOException {
        while (true) {
            Frame frame = readFrame();
            if (frame.opcode == 1) {
                return frame.text();
            }
            if (frame.isClose()) {
                throw new EOFException("closed: " + frame.closeCode() + " " + frame.closeReason());
            }
            if (frame.opcode == 9) {
                send(frame(true, 10, frame.payload));
            }
        }
    }

    /** Reads up to the close frame and returns it, throwing away what comes before. */
    public Frame readClose() throws IOException {
        Frame frame = readFrame();
        while (!frame.isClose()) {
            frame = readFrame();
        }
        return frame;
    }

    /** Whether the peer has ended the connection; waits for that up to the patience. */
    public boolean isEnded() throws IOException {
        try {
            while (in.read() >= 0) {
                // what is left does not matter
            }
            return true;
        } catch (java.net.SocketTimeoutException stillOpen) {
            return false;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
