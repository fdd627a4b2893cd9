package dev.evergate.testkit.net;

import dev.evergate.core.time.RealWorld;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * As much of a gateway as the client needs: it greets, lets everybody in, answers each call with
 * its parameters, and does a few things by name of the method.
 */
final class StandInGateway implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final RealWorld world = new RealWorld(Throwable::printStackTrace);
    private final ServerSocket server;

    StandInGateway() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        world.tasks().start("stand-in-gateway", this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
        world.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                serve(socket);
            } catch (IOException e) {
                // The client has gone, or the test is over.
            }
        }
    }

    private static void serve(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        upgrade(in, out);
        send(
                out,
                "{\"type\":\"event\",\"event\":\"connect.challenge\",\"payload\":{\"nonce\":\"n\"}}");
        while (true) {
            JsonNode request = JSON.readTree(frame(in));
            String id = request.path("id").asString("");
            switch (request.path("method").asString("")) {
                case "fail" ->
                        send(
                                out,
                                "{\"type\":\"res\",\"id\":\"%s\",\"ok\":false,\"error\":{\"code\":\"UNAVAILABLE\"}}"
                                        .formatted(id));
                case "twice" -> {
                    answer(out, id, "{\"status\":\"accepted\"}");
                    answer(out, id, "{\"status\":\"ok\"}");
                }
                case "tell" -> {
                    for (int seq : new int[] {1, 2, 4}) {
                        send(
                                out,
                                "{\"type\":\"event\",\"event\":\"news\",\"seq\":%d,\"payload\":{\"n\":%d}}"
                                        .formatted(seq, seq));
                    }
                    answer(out, id, "{}");
                }
                case "close" -> {
                    out.write(new byte[] {(byte) 0x88, 5, 0x03, (byte) 0xF4, 'b', 'y', 'e'});
                    out.flush();
                }
                case "die" -> {
                    return;
                }
                default -> answer(out, id, request.path("params").toString());
            }
        }
    }

    private static void answer(OutputStream out, String id, String payload) throws IOException {
        send(
                out,
                "{\"type\":\"res\",\"id\":\"%s\",\"ok\":true,\"payload\":%s}"
                        .formatted(id, payload));
    }

    private static void upgrade(DataInputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
        }
        String key =
                head.toString(StandardCharsets.ISO_8859_1)
                        .replaceAll("(?is).*sec-websocket-key: *(\\S+).*", "$1");
        String answer =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(sha1(key))
                        + "\r\n\r\n";
        out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** RFC 6455 section 1.3. */
    private static byte[] sha1(String key) {
        try {
            return MessageDigest.getInstance("SHA-1")
                    .digest(
                            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                    .getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** One masked text frame with a short length. */
    private static String frame(DataInputStream in) throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        if (opcode != 1) {
            throw new IOException("closed by the client");
        }
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** In two fragments, as a server may. */
    private static void send(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int rest = bytes.length - 1;
        out.write(new byte[] {0x01, 1, bytes[0], (byte) 0x80});
        out.write(
                rest < 126
                        ? new byte[] {(byte) rest}
                        : new byte[] {126, (byte) (rest >> 8), (byte) rest});
        out.write(bytes, 1, rest);
        out.flush();
    }
}
