package dev.evergate.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An input, of which a {@link Target} takes the first bytes as decisions of its own. Not
 * thread-safe.
 */
public final class Input {
    private final byte[] bytes;
    private int at;

    public Input(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The next byte as a number from 0 to 255; 0 at the end. */
    public int choice() {
        return at < bytes.length ? bytes[at++] & 0xff : 0;
    }

    /** All that is left. */
    public byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length);
        at = bytes.length;
        return rest;
    }

    /** What is left before the next zero byte, as text. */
    public String line() {
        int end = at;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
        at = Math.min(bytes.length, end + 1);
        return line;
    }

    /**
     * Bytes as a network could deliver them.
     *
     * @param seed decides where they are cut: the same one cuts in the same places; 0 does not cut
     */
    public static List<byte[]> pieces(byte[] whole, int seed) {
        List<byte[]> pieces = new ArrayList<>();
        int state = seed;
        for (int from = 0; from < whole.length; ) {
            state = state * 1_103_515_245 + 12_345; // ANSI C's rand
            int most = seed == 0 ? whole.length : 1 << (seed & 7);
            int to = Math.min(whole.length, from + 1 + Math.floorMod(state >> 16, most));
            pieces.add(Arrays.copyOfRange(whole, from, seed == 0 ? whole.length : to));
            from = seed == 0 ? whole.length : to;
        }
        return pieces;
    }

    /** An input of decisions and what follows them. */
    public static byte[] of(int[] choices, byte[]... parts) {
        int length = choices.length + Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (int choice : choices) {
            all[at++] = (byte) choice;
        }
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** Text as bytes. */
    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
