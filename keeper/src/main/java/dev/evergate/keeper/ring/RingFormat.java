package dev.evergate.keeper.ring;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * How the ring lies in its file: slots of equal size, the first of them a head.
 *
 * <pre>
 * head    0 magic (8) | 8 the next record's number (8) | 16 the last exported record's number (8)
 * slot    0 checksum (4) | 4 number (8) | 12 wall ms (8) | 20 generation (8) | 28 source (1)
 *        29 level (1) | 30 length of the event's name (2) | 32 length of the text (2) | 34 both
 * </pre>
 *
 * <p>All numbers are little-endian. The checksum (CRC-32) covers the slot from the number to the
 * end of the text, and a record belongs into the slot its number names; so what a killed writer
 * left half written, and what was never written, is no record. Thread-safety: stateless.
 */
final class RingFormat {
    static final int FILE_BYTES = 1 << 20;
    static final int SLOT_BYTES = 512;
    static final int SLOTS = FILE_BYTES / SLOT_BYTES - 1;

    static final long MAGIC = 0x31474e4952475645L; // "EVGRING1"
    static final int NEXT_AT = 8;
    static final int EXPORTED_AT = 16;

    private static final int NUMBER_AT = 4;
    private static final int WALL_AT = 12;
    private static final int GENERATION_AT = 20;
    private static final int SOURCE_AT = 28;
    private static final int LEVEL_AT = 29;
    private static final int EVENT_LENGTH_AT = 30;
    private static final int TEXT_LENGTH_AT = 32;
    private static final int WORDS_AT = 34;
    private static final int WORDS_MAX = SLOT_BYTES - WORDS_AT;
    private static final int EVENT_MAX = 96;

    private RingFormat() {}

    /** Where the slot of a record's number begins in the file. */
    static int offset(long number) {
        return (int) (1 + Math.floorMod(number, (long) SLOTS)) * SLOT_BYTES;
    }

    /** A record's slot; words that are too long are cut. */
    static byte[] encode(RingRecord entry) {
        byte[] event = cut(entry.event(), EVENT_MAX);
        byte[] text = cut(entry.text(), WORDS_MAX - event.length);
        ByteBuffer slot =
                ByteBuffer.allocate(WORDS_AT + event.length + text.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        slot.position(NUMBER_AT);
        slot.putLong(entry.seq());
        slot.putLong(entry.atMs());
        slot.putLong(entry.generation());
        slot.put((byte) entry.source().code());
        slot.put((byte) entry.level().code());
        slot.putShort((short) event.length);
        slot.putShort((short) text.length);
        slot.put(event);
        slot.put(text);
        slot.putInt(0, checksum(slot.array(), 0, slot.capacity()));
        return slot.array();
    }

    /** The number of the whole record in the slot at an offset of the file, 0 if there is none. */
    static long number(byte[] file, int offset) {
        ByteBuffer slot = slot(file, offset);
        long number = slot.getLong(NUMBER_AT);
        int eventBytes = slot.getShort(EVENT_LENGTH_AT);
        int textBytes = slot.getShort(TEXT_LENGTH_AT);
        int bytes = WORDS_AT + eventBytes + textBytes;
        boolean fits =
                number > 0
                        && offset(number) == offset
                        && eventBytes >= 0
                        && textBytes >= 0
                        && bytes <= SLOT_BYTES;
        return fits && slot.getInt(0) == checksum(file, offset, bytes) ? number : 0;
    }

    /** The record in the slot at an offset of the file, which {@link #number} found whole. */
    static @Nullable RingRecord decode(byte[] file, int offset) {
        ByteBuffer slot = slot(file, offset);
        RingRecord.Source source = source(slot.get(SOURCE_AT));
        RingRecord.Level level = level(slot.get(LEVEL_AT));
        if (source == null || level == null) {
            return null; // A writer newer than us.
        }
        int eventBytes = slot.getShort(EVENT_LENGTH_AT);
        int textBytes = slot.getShort(TEXT_LENGTH_AT);
        int words = offset + WORDS_AT;
        return new RingRecord(
                slot.getLong(NUMBER_AT),
                slot.getLong(WALL_AT),
                source,
                level,
                slot.getLong(GENERATION_AT),
                new String(file, words, eventBytes, StandardCharsets.UTF_8),
                new String(file, words + eventBytes, textBytes, StandardCharsets.UTF_8));
    }

    private static ByteBuffer slot(byte[] file, int offset) {
        return ByteBuffer.wrap(file, offset, SLOT_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static RingRecord.@Nullable Source source(int code) {
        for (RingRecord.Source source : RingRecord.Source.values()) {
            if (source.code() == code) {
                return source;
            }
        }
        return null;
    }

    private static RingRecord.@Nullable Level level(int code) {
        for (RingRecord.Level level : RingRecord.Level.values()) {
            if (level.code() == code) {
                return level;
            }
        }
        return null;
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, offset + NUMBER_AT, length - NUMBER_AT);
        return (int) crc.getValue();
    }

    /** UTF-8 of at most so many bytes, cut between two characters. */
    private static byte[] cut(String text, int bytesMax) {
        String head = text.length() <= bytesMax ? text : text.substring(0, bytesMax);
        byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= bytesMax) {
            return bytes;
        }
        int end = bytesMax;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--; // In the middle of a character.
        }
        return Arrays.copyOf(bytes, end);
    }
}
