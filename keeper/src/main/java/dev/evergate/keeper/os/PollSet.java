package dev.evergate.keeper.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits until one of several descriptors can be read, has ended, or the time is up.
 *
 * <p>Use: {@link #clear}, {@link #add} each, {@link #await}, then ask {@link #isReady}.
 * Thread-safety: confined to the thread that made it.
 */
public final class PollSet implements AutoCloseable {
    private static final MemorySegment POLL = Native.function("poll");
    private static final short POLLIN = 1;
    private static final int ENTRY_BYTES = 8;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment entries;
    private final int[] numbers;
    private final int sizeMax;
    private int size;

    /** Room for this many descriptors. */
    public PollSet(int sizeMax) {
        this.sizeMax = sizeMax;
        this.numbers = new int[sizeMax];
        this.entries = arena.allocate((long) sizeMax * ENTRY_BYTES, ENTRY_BYTES);
    }

    /** Forgets every descriptor. */
    public void clear() {
        size = 0;
    }

    /** Adds one; throws {@link IllegalStateException} when there is no room. */
    public void add(Descriptor descriptor) {
        if (size == sizeMax) {
            throw new IllegalStateException(
                    "descriptors: " + (size + 1) + " (expected: <= " + sizeMax + ")");
        }
        long offset = (long) size * ENTRY_BYTES;
        numbers[size] = descriptor.number();
        entries.set(JAVA_INT, offset, numbers[size]);
        entries.set(JAVA_SHORT, offset + 4, POLLIN);
        entries.set(JAVA_SHORT, offset + 6, (short) 0);
        size++;
    }

    /** Waits at most this long and says how many are ready; a negative time waits without end. */
    public int await(int timeoutMs) throws OsException {
        try (Arena call = Arena.ofConfined()) {
            int result = Native.call(call, POLL, Native.pointer(entries), size, timeoutMs, 0, 0);
            return result == -Errno.EINTR.number() ? 0 : Native.check("poll", "", result);
        }
    }

    /** Whether the last {@link #await} found something to read, an end or an error on it. */
    public boolean isReady(Descriptor descriptor) {
        if (!descriptor.isOpen()) {
            return false;
        }
        int number = descriptor.number();
        for (int i = 0; i < size; i++) {
            if (numbers[i] == number) {
                return entries.get(JAVA_SHORT, (long) i * ENTRY_BYTES + 6) != 0;
            }
        }
        return false;
    }

    /** Waits for one descriptor alone. */
    public static boolean awaitOne(Descriptor descriptor, int timeoutMs) throws OsException {
        try (PollSet set = new PollSet(1)) {
            set.add(descriptor);
            return set.await(timeoutMs) > 0;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
