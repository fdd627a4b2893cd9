package dev.evergate.keeper.ring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the ring, also while others write to it and after they were killed.
 *
 * <p>Thread-safety: stateless. A missing, foreign or too short file holds no records; a torn record
 * is skipped.
 */
public final class RingReader {
    /** How many records a ring holds. */
    public static final int CAPACITY = RingFormat.SLOTS;

    private RingReader() {}

    /** Every whole record, in the order they were written. */
    public static List<RingRecord> read(Path path) {
        return read(path, 0);
    }

    /** Every whole record after the one with this number, in the order they were written. */
    public static List<RingRecord> read(Path path, long after) {
        List<RingRecord> records = new ArrayList<>();
        byte[] file = whole(path);
        for (int offset = RingFormat.SLOT_BYTES;
                offset < file.length;
                offset += RingFormat.SLOT_BYTES) {
            if (RingFormat.number(file, offset) > after) {
                RingRecord found = RingFormat.decode(file, offset);
                if (found != null) {
                    records.add(found);
                }
            }
        }
        records.sort(Comparator.comparingLong(RingRecord::seq));
        return records;
    }

    /** The number of the last record that {@link #markExported} named, 0 if none was. */
    public static long exported(Path path) {
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = open(path, StandardOpenOption.READ)) {
            boolean isWhole = channel.read(number, RingFormat.EXPORTED_AT) == Long.BYTES;
            return isWhole ? number.getLong(0) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Notes for the next generation that everything up to this record has left the house. */
    public static void markExported(Path path, long seq) throws IOException {
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        number.putLong(0, seq);
        try (FileChannel channel = open(path, StandardOpenOption.WRITE)) {
            if (channel.size() == RingFormat.FILE_BYTES) {
                var _ = channel.write(number, RingFormat.EXPORTED_AT);
            }
        }
    }

    /** The whole file, empty if it is no ring. */
    private static byte[] whole(Path path) {
        byte[] none = new byte[0];
        try (FileChannel channel = open(path, StandardOpenOption.READ)) {
            if (channel.size() != RingFormat.FILE_BYTES) {
                return none;
            }
            byte[] bytes = new byte[RingFormat.FILE_BYTES];
            ByteBuffer file = ByteBuffer.wrap(bytes);
            while (file.hasRemaining()) {
                if (channel.read(file) < 0) {
                    return none;
                }
            }
            file.order(ByteOrder.LITTLE_ENDIAN);
            return file.getLong(0) == RingFormat.MAGIC ? bytes : none;
        } catch (IOException e) {
            return none;
        }
    }

    private static FileChannel open(Path path, StandardOpenOption option) throws IOException {
        return FileChannel.open(path, option, LinkOption.NOFOLLOW_LINKS);
    }
}
