package dev.evergate.server.ws;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks UTF-8 without decoding it (Unicode 3.9 table 3-7: no overlong forms, no surrogates). */
public final class Utf8 {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    static boolean isValid(byte[] text, int length) {
        return isValid(text, 0, length);
    }

    /** Whether {@code length} bytes from {@code start} are whole characters. */
    public static boolean isValid(byte[] text, int start, int length) {
        int end = start + length;
        int i = start;
        while (i < end) {
            if (i + 8 <= end && ((long) LONGS.get(text, i) & HIGH_BITS) == 0) {
                i += 8;
                continue;
            }
            int sequence = sequenceAt(text, i, end);
            if (sequence == 0) {
                return false;
            }
            i += sequence;
        }
        return true;
    }

    /** Bytes of the well-formed character at {@code i}; 0 if there is none. */
    private static int sequenceAt(byte[] text, int i, int end) {
        int first = text[i] & 0xff;
        if (first < 0x80) {
            return 1;
        }
        int bytes = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (bytes == 0 || i + bytes > end) {
            return 0;
        }
        int second = text[i + 1] & 0xff;
        int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            return 0;
        }
        for (int k = 2; k < bytes; k++) {
            if ((text[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return bytes;
    }
}
