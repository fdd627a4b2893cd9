package dev.evergate.server.wire;

import dev.evergate.server.ws.FrameEncoder;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Builds response and event frames around payloads that are already JSON. Stateless. */
public final class Frames {
    private static final byte[] RESPONSE = ascii("{\"type\":\"res\",\"id\":");
    private static final byte[] OK_PAYLOAD = ascii(",\"ok\":true,\"payload\":");
    private static final byte[] NOT_OK_PAYLOAD = ascii(",\"ok\":false,\"payload\":");
    private static final byte[] NOT_OK_ERROR = ascii(",\"ok\":false,\"error\":");
    private static final byte[] ERROR = ascii(",\"error\":");
    private static final byte[] SEQ = ascii(",\"seq\":");
    private static final int LONG_DIGITS_MAX = 19;

    private Frames() {}

    /** A successful response. {@code id} as in the request, quotes included. */
    public static ByteBuf ok(ByteBufAllocator allocator, JsonText id, byte[] payload) {
        return response(allocator, id, OK_PAYLOAD, payload, new byte[0]);
    }

    /** A failed response. */
    public static ByteBuf failure(ByteBufAllocator allocator, JsonText id, Json json, WireError e) {
        return response(allocator, id, NOT_OK_ERROR, json.encode(e::write), new byte[0]);
    }

    /** A failed response that also has a payload: the second answer of {@code agent}. */
    public static ByteBuf failure(
            ByteBufAllocator allocator, JsonText id, Json json, byte[] payload, WireError e) {
        byte[] error = json.encode(e::write);
        byte[] tail = new byte[ERROR.length + error.length];
        System.arraycopy(ERROR, 0, tail, 0, ERROR.length);
        System.arraycopy(error, 0, tail, ERROR.length, error.length);
        return response(allocator, id, NOT_OK_PAYLOAD, payload, tail);
    }

    /** A request, as a client would have sent it. */
    public static byte[] request(Json json, JsonText id, String method, byte[] params) {
        String rawId = id.toString();
        String rawParams = new String(params, StandardCharsets.UTF_8);
        return json.encode(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("type", "req");
                    out.writeName("id");
                    out.writeRawValue(rawId);
                    out.writeStringProperty("method", method);
                    out.writeName("params");
                    out.writeRawValue(rawParams);
                    out.writeEndObject();
                });
    }

    private static ByteBuf response(
            ByteBufAllocator allocator, JsonText id, byte[] kind, byte[] payload, byte[] tail) {
        int length = RESPONSE.length + id.length() + kind.length + payload.length + tail.length + 1;
        ByteBuf out = allocator.ioBuffer(FrameEncoder.headerBytes(length) + length);
        FrameEncoder.textHeader(out, length);
        out.writeBytes(RESPONSE);
        id.writeTo(out);
        return out.writeBytes(kind).writeBytes(payload).writeBytes(tail).writeByte('}');
    }

    /** The payload of a frame that this class built. */
    public static byte[] payload(ByteBuf frame) {
        int start = frame.readerIndex();
        int length = frame.getByte(start + 1) & 0x7f;
        int headerBytes = length == 126 ? 4 : length == 127 ? FrameEncoder.HEADER_BYTES_MAX : 2;
        byte[] payload = new byte[frame.readableBytes() - headerBytes];
        frame.getBytes(start + headerBytes, payload);
        return payload;
    }

    /** Whether {@code payload} is a response to the request with that id. */
    public static boolean answers(byte[] payload, JsonText id) {
        int end = RESPONSE.length + id.length();
        return payload.length > end
                && payload[end] == ','
                && Arrays.equals(
                        payload,
                        RESPONSE.length,
                        end,
                        id.array(),
                        id.start(),
                        id.start() + id.length());
    }

    /**
     * An event up to and without its {@code seq}: the part that is the same for every connection.
     *
     * @param version stands behind the payload of presence and health events
     */
    public static byte[] eventHead(
            Json json, String event, Json.Body payload, Optional<StateVersion> version) {
        byte[] whole =
                json.encode(
                        out -> {
                            out.writeStartObject();
                            out.writeStringProperty("type", "event");
                            out.writeStringProperty("event", event);
                            out.writeName("payload");
                            payload.write(out);
                            version.ifPresent(v -> v.write(out));
                            out.writeEndObject();
                        });
        return Arrays.copyOf(whole, whole.length - 1);
    }

    /** Bytes of the whole frame that {@link #event} writes. */
    public static int eventBytes(byte[] head, long seq) {
        int payload = eventPayloadBytes(head, seq);
        return FrameEncoder.headerBytes(payload) + payload;
    }

    /** Bytes of that frame without its header. */
    public static int eventPayloadBytes(byte[] head, long seq) {
        return head.length + SEQ.length + digits(seq) + 1;
    }

    /** Writes an event frame: the shared head and this connection's number. */
    public static void event(ByteBuf out, byte[] head, long seq) {
        FrameEncoder.textHeader(out, eventPayloadBytes(head, seq));
        out.writeBytes(head);
        eventTail(out, seq);
    }

    /** What follows the shared head. */
    public static void eventTail(ByteBuf out, long seq) {
        out.writeBytes(SEQ);
        int at = out.writerIndex();
        int digits = digits(seq);
        out.ensureWritable(digits + 1);
        long rest = seq;
        for (int i = digits - 1; i >= 0; i--) {
            out.setByte(at + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.writerIndex(at + digits).writeByte('}');
    }

    /** Numbers of the presence and health snapshots an event shows. */
    public record StateVersion(long presence, long health) {
        /** Writes the property {@code stateVersion}. */
        public void write(JsonGenerator out) {
            out.writeObjectPropertyStart("stateVersion");
            out.writeNumberProperty("presence", presence);
            out.writeNumberProperty("health", health);
            out.writeEndObject();
        }
    }

    private static int digits(long number) {
        int digits = 1;
        for (long limit = 10; digits < LONG_DIGITS_MAX && number >= limit; limit *= 10) {
            digits++;
        }
        return digits;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
