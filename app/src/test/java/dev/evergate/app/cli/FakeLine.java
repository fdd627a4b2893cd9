package dev.evergate.app.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The server's end of one WebSocket, frame by frame. Used by one thread. */
final class FakeLine {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** A frame a client sent. */
    record Frame(int opcode, String text) {}

    FakeLine(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    Frame read() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int second = in.readUnsignedByte();
        if ((second & 0x80) == 0) {
            throw new IOException("a client must mask its frames");
        }
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return new Frame(opcode, new String(payload, StandardCharsets.UTF_8));
    }

    void send(int opcode, boolean isFinal, byte[] payload) throws IOException {
        out.write((isFinal ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            out.write(payload.length);
        } else if (payload.length < 1 << 16) {
            out.write(new byte[] {126, (byte) (payload.length >>> 8), (byte) payload.length});
        } else {
            out.write(127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >>> shift));
            }
        }
        out.write(payload);
        out.flush();
    }

    /** Bytes as they are, even half a frame. */
    void sendRaw(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void text(String text) throws IOException {
        send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    void event(String name, JsonNode payload) throws IOException {
        ObjectNode frame = object().put("type", "event").put("event", name);
        frame.set("payload", payload);
        text(frame.toString());
    }

    void done(JsonNode request, JsonNode payload) throws IOException {
        ObjectNode frame = answer(request, true);
        frame.set("payload", payload);
        text(frame.toString());
    }

    void refused(JsonNode request, String code, String message, String detail) throws IOException {
        refused(request, code, message, detail, false);
    }

    void refused(JsonNode request, String code, String message, String detail, boolean isRetryable)
            throws IOException {
        ObjectNode frame = answer(request, false);
        ObjectNode error = frame.putObject("error").put("code", code).put("message", message);
        if (isRetryable) {
            error.put("retryable", true).put("retryAfterMs", 10);
        }
        error.putObject("details").put("code", detail);
        text(frame.toString());
    }

    void close(int code, String reason) throws IOException {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        send(CLOSE, true, payload);
    }

    /** Ends the connection without a word. */
    void cut() throws IOException {
        socket.close();
    }

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /** Reads JSON; in a text without double quotes single ones stand for them. */
    static JsonNode tree(String json) {
        String text = json.contains("\"") ? json : json.replace('\'', '"');
        return JsonMapper.shared().readTree(text);
    }

    private static ObjectNode answer(JsonNode request, boolean ok) {
        return object().put("type", "res").put("id", request.path("id").asString("")).put("ok", ok);
    }
}
