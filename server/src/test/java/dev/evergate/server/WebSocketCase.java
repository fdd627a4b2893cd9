package dev.evergate.server;

import dev.evergate.testkit.net.RawClient;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One conversation in frames, and what the server has to say to it. Requests for methods that do
 * not exist are what comes back whole: an answer carries the id of its request.
 */
final class WebSocketCase {
    private static final HexFormat HEX = HexFormat.of();
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final String name;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> answers = new ArrayList<>();
    private int chunkBytes = Integer.MAX_VALUE;

    private WebSocketCase(String name) {
        this.name = name;
    }

    static WebSocketCase named(String name) {
        return new WebSocketCase(name);
    }

    /** A request of at least that many bytes. */
    static byte[] request(String id, int bytes) {
        String start =
                "{\"type\":\"req\",\"id\":\"" + id + "\",\"method\":\"x\",\"params\":{\"p\":\"";
        String end = "\"}}";
        int rest = bytes - utf8(start).length - end.length();
        return utf8(start + "*".repeat(Math.max(0, rest)) + end);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A frame with any first byte; it is masked and as short as can be. */
    WebSocketCase raw(int firstByte, byte[] payload) {
        byte[] frame = RawClient.frame(true, 0, payload);
        frame[0] = (byte) firstByte;
        bytes.writeBytes(frame);
        return this;
    }

    WebSocketCase frame(boolean isFinal, int opcode, byte[] payload) {
        return raw((isFinal ? 0x80 : 0) | opcode, payload);
    }

    /** Bytes that are no frame. */
    WebSocketCase bytes(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /** A request in frames of at most that many bytes, and its answer. */
    WebSocketCase asks(String id, int opcode, byte[] request, int frameBytes) {
        for (int at = 0; at == 0 || at < request.length; at += frameBytes) {
            int end = Math.min(request.length, at + frameBytes);
            byte[] piece = java.util.Arrays.copyOfRange(request, at, end);
            frame(end == request.length, at == 0 ? opcode : 0, piece);
        }
        return answers(id);
    }

    WebSocketCase asks(String id) {
        return asks(id, 1, request(id, 0), Integer.MAX_VALUE);
    }

    WebSocketCase answers(String id) {
        answers.add("answer " + id);
        return this;
    }

    /** A ping and its pong. */
    WebSocketCase pings(byte[] payload) {
        answers.add("pong " + HEX.formatHex(payload));
        return frame(true, PING, payload);
    }

    WebSocketCase pongs(byte[] payload) {
        return frame(true, PONG, payload);
    }

    /** A close frame and its answer. */
    WebSocketCase closes(byte[] payload) {
        answers.add("close 1000");
        return frame(true, CLOSE, payload);
    }

    static byte[] closing(int code, String reason) {
        byte[] text = utf8(reason);
        var payload = new ByteArrayOutputStream();
        payload.write(code >>> 8);
        payload.write(code);
        payload.writeBytes(text);
        return payload.toByteArray();
    }

    /** After this the server ends the conversation with that code. */
    WebSocketCase fails(int code) {
        answers.add("close " + code);
        return this;
    }

    /** Takes back that this is answered. */
    WebSocketCase forgets(String prefix) {
        answers.removeIf(answer -> answer.startsWith(prefix));
        return this;
    }

    /** Sends pieces of at most that many bytes. */
    WebSocketCase chopped(int bytesAtOnce) {
        chunkBytes = bytesAtOnce;
        return this;
    }

    String name() {
        return name;
    }

    List<byte[]> writes() {
        byte[] all = bytes.toByteArray();
        List<byte[]> writes = new ArrayList<>();
        for (int at = 0; at < all.length; ) {
            int end = (int) Math.min(all.length, (long) at + chunkBytes);
            writes.add(java.util.Arrays.copyOfRange(all, at, end));
            at = end;
        }
        return writes;
    }

    /** What has to come, in this order; the last is always a close. */
    List<String> answers() {
        return List.copyOf(answers);
    }

    boolean isOpenAtItsEnd() {
        return answers.isEmpty() || !answers.getLast().startsWith("close");
    }

    /** The frame as {@link #answers()} names it; empty for what does not belong to a case. */
    static String named(RawClient.Frame frame) {
        return switch (frame.opcode()) {
            case CLOSE -> "close " + frame.closeCode();
            case PONG -> "pong " + HEX.formatHex(frame.payload());
            case 1 -> {
                var json = TestServer.json(frame.text());
                yield json.has("id") ? "answer " + json.path("id").asString() : "";
            }
            case PING -> "";
            default -> "opcode " + frame.opcode();
        };
    }
}
