package dev.evergate.testkit.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A message of Protocol Buffers, read without its schema. Refuses what is malformed. */
final class Proto {
    private final TreeMap<Integer, List<Object>> fields = new TreeMap<>();

    Proto(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long key = varint(in);
            Object value =
                    switch ((int) (key & 7)) {
                        case 0 -> varint(in);
                        case 1 -> in.getLong();
                        case 2 -> {
                            byte[] part = new byte[(int) varint(in)];
                            in.get(part);
                            yield part;
                        }
                        case 5 -> (long) in.getInt();
                        default -> throw new IllegalArgumentException("wire type of " + key);
                    };
            fields.computeIfAbsent((int) (key >>> 3), _ -> new ArrayList<>()).add(value);
        }
    }

    /** The messages in a field. */
    List<Proto> all(int field) {
        return fields.getOrDefault(field, List.of()).stream()
                .map(value -> new Proto((byte[]) value))
                .toList();
    }

    byte[] bytes(int field) {
        List<Object> values = fields.getOrDefault(field, List.of());
        return values.isEmpty() ? new byte[0] : (byte[]) values.getLast();
    }

    String text(int field) {
        return new String(bytes(field), StandardCharsets.UTF_8);
    }

    long number(int field) {
        List<Object> values = fields.getOrDefault(field, List.of());
        return values.isEmpty() ? 0 : (long) values.getLast();
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number without end");
    }
}
