package dev.evergate.keeper.ring;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Writes to the ring, which the keeper and its generations share.
 *
 * <p>The file is mapped into memory: a record is in the kernel's hands as soon as it is copied, so
 * it survives SIGKILL, and costs microseconds. Writers of several processes never wait for each
 * other: each draws its record's number from an atomic counter in the file, and the number names
 * the slot. All blocks of the file exist from its first day on, so a full disk changes nothing.
 *
 * <p>A ring that is missing, damaged or foreign is replaced by whoever may create it, at any time;
 * one that cannot be written is done without. Thread-safety: one thread at a time in each process.
 */
public final class Ring {
    private static final VarHandle LONGS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path path;
    private final boolean mayCreate;
    private @Nullable MappedByteBuffer map;
    private @Nullable Object identity;

    /**
     * Opens nothing yet.
     *
     * @param mayCreate whether this process makes the file when there is no good one: the holder of
     *     the state lock alone
     */
    public Ring(Path path, boolean mayCreate) {
        this.path = path;
        this.mayCreate = mayCreate;
    }

    /** Writes a record; returns its number, 0 if there is no ring to write to. */
    public long write(RingRecord entry) {
        try {
            ByteBuffer file = open();
            if (file == null) {
                return 0;
            }
            // A file that was just truncated shows itself here, by an error that can be caught;
            // an interpreted atomic operation would end the process.
            var _ = (long) LONGS.getVolatile(file, RingFormat.NEXT_AT);
            long number = (long) LONGS.getAndAdd(file, RingFormat.NEXT_AT, 1L);
            byte[] slot = RingFormat.encode(entry.at(number));
            file.put(RingFormat.offset(number), slot);
            return number;
        } catch (IOException | InternalError e) {
            // The file cannot be opened, or was truncated under our hands: the next record tries
            // again.
            map = null;
            return 0;
        }
    }

    private @Nullable ByteBuffer open() throws IOException {
        BasicFileAttributes found = attributes();
        MappedByteBuffer current = map;
        if (current != null && found != null && Objects.equals(found.fileKey(), identity)) {
            return current;
        }
        map = null;
        if (found == null || !isRing()) {
            if (!mayCreate) {
                return null;
            }
            create();
        }
        MappedByteBuffer opened = mapped();
        if (mayCreate) {
            heal(opened);
        }
        found = attributes();
        identity = found == null ? null : found.fileKey();
        map = opened;
        return opened;
    }

    /** The file's attributes if it can be a ring, else null. */
    private @Nullable BasicFileAttributes attributes() {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean fits = found.isRegularFile() && found.size() == RingFormat.FILE_BYTES;
            return fits ? found : null;
        } catch (IOException e) {
            return null;
        }
    }

    private boolean isRing() throws IOException {
        ByteBuffer magic = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.read(magic, 0) == Long.BYTES && magic.getLong(0) == RingFormat.MAGIC;
        }
    }

    private MappedByteBuffer mapped() throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer opened =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, RingFormat.FILE_BYTES);
            opened.order(ByteOrder.LITTLE_ENDIAN);
            return opened;
        }
    }

    /** Writes every block of a new file, and puts it in the place of whatever is there. */
    private void create() throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
            zeros.putLong(0, RingFormat.MAGIC).putLong(RingFormat.NEXT_AT, 1);
            for (int at = 0; at < RingFormat.FILE_BYTES; at += zeros.capacity()) {
                while (zeros.hasRemaining()) {
                    if (channel.write(zeros) <= 0) {
                        throw new IOException(fresh + " takes no more bytes");
                    }
                }
                zeros.clear();
                zeros.putLong(0, 0).putLong(RingFormat.NEXT_AT, 0);
            }
        }
        Files.move(
                fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The counter is behind no record, whatever became of the file's head. */
    private static void heal(MappedByteBuffer opened) {
        byte[] file = new byte[RingFormat.FILE_BYTES];
        opened.get(0, file);
        long newest = 0;
        for (int offset = RingFormat.SLOT_BYTES;
                offset < RingFormat.FILE_BYTES;
                offset += RingFormat.SLOT_BYTES) {
            newest = Math.max(newest, RingFormat.number(file, offset));
        }
        long next = (long) LONGS.getVolatile(opened, RingFormat.NEXT_AT);
        if (next <= newest) {
            var _ = LONGS.compareAndSet(opened, RingFormat.NEXT_AT, next, newest + 1);
        }
    }
}
