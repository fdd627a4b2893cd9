package dev.evergate.server.ws;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * RFC 6455 section 5 read from the whole stream at once, as plainly as it is written there, with
 * the JDK's own reader of UTF-8. Stateless.
 */
final class FrameModel {
    private static final Set<Integer> KNOWN = Set.of(0, 1, 2, 8, 9, 10);

    private FrameModel() {}

    static List<String> read(byte[] stream, int messageBytesMax) {
        List<String> events = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(stream);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int begunBy = 0; // no message
        while (in.remaining() >= 2) {
            int first = in.get() & 0xff;
            int second = in.get() & 0xff;
            int opcode = first & 15;
            if (!isFit(first, second, begunBy)) {
                events.add("violated 1002");
                return events;
            }
            int lengthBytes = (second & 127) == 126 ? 2 : (second & 127) == 127 ? 8 : 0;
            if (in.remaining() < lengthBytes) {
                return events;
            }
            long length =
                    lengthBytes == 2
                            ? in.getShort() & 0xffff
                            : lengthBytes == 8 ? in.getLong() : second & 127;
            if (opcode < 8 && (length < 0 || message.size() + length > messageBytesMax)) {
                events.add("violated 1009");
                return events;
            }
            if (in.remaining() < 4 + length) {
                return events;
            }
            byte[] payload = unmasked(in, (int) length);
            if (opcode >= 8) {
                events.add(control(opcode, payload));
                if (opcode == 8) {
                    return events;
                }
                continue;
            }
            begunBy = opcode == 0 ? begunBy : opcode;
            message.writeBytes(payload);
            if (first >= 128) {
                byte[] whole = message.toByteArray();
                boolean isRead = begunBy == 2 || isUtf8(whole);
                events.add(isRead ? FrameLog.event("message", whole) : "violated 1007");
                if (!isRead) {
                    return events;
                }
                message.reset();
                begunBy = 0;
            }
        }
        return events;
    }

    /** RFC 6455 sections 5.1, 5.2, 5.4 and 5.5. */
    private static boolean isFit(int first, int second, int begunBy) {
        int opcode = first & 15;
        boolean isMasked = second >= 128;
        boolean isInOrder =
                opcode >= 8
                        ? first >= 128 && (second & 127) < 126
                        : (opcode == 0) == (begunBy != 0);
        return (first & 0x70) == 0 && isMasked && KNOWN.contains(opcode) && isInOrder;
    }

    private static byte[] unmasked(ByteBuffer in, int length) {
        byte[] mask = new byte[4];
        in.get(mask);
        byte[] payload = new byte[length];
        in.get(payload);
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return payload;
    }

    /** RFC 6455 sections 5.5 and 7.4. */
    private static String control(int opcode, byte[] payload) {
        if (opcode == 9) {
            return FrameLog.event("ping", payload);
        }
        if (opcode == 10) {
            return "pong";
        }
        if (payload.length == 0) {
            return "closed " + CloseCode.NONE;
        }
        int code = payload.length == 1 ? 0 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        boolean isDefined =
                code >= 1000 && code <= 1014 && !Set.of(1004, 1005, 1006).contains(code);
        if (!isDefined && (code < 3000 || code > 4999)) {
            return "violated 1002";
        }
        return isUtf8(Arrays.copyOfRange(payload, 2, payload.length))
                ? "closed " + code
                : "violated 1007";
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
