package dev.evergate.fuzz;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/**
 * Gives a {@link Target} its inputs and holds that each costs no more memory and time than its
 * length allows. What is measured is the thread's own: a busy machine changes nothing. For one
 * thread.
 */
public final class Bounded {
    /**
     * The first look at an input also loads classes and compiles, and another thread may have the
     * collector run on ours; what an input itself costs, it costs each time.
     */
    private static final int LOOKS = 4;

    private static final long NANOS_AT_LEAST = 100_000_000;
    private static final long NANOS_PER_BYTE = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Target target;
    private final int allowance;

    /**
     * @param allowance how many times as much each may cost where something else watches: a fuzzer
     *     notes each comparison
     */
    public Bounded(Target target, int allowance) {
        this.target = target;
        this.allowance = allowance;
    }

    /**
     * Takes an input.
     *
     * @throws AssertionError if it costs too much, or {@link Target#take} finds something
     */
    public void take(byte[] input) throws Exception {
        long bytesMax =
                allowance * (target.bytesAtLeast() + (long) target.bytesPerByte() * input.length);
        long nanosMax = allowance * (NANOS_AT_LEAST + NANOS_PER_BYTE * input.length);
        long bytes = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        for (int look = 0; look < LOOKS && (bytes > bytesMax || nanos > nanosMax); look++) {
            long bytesBefore = threads.getCurrentThreadAllocatedBytes();
            long nanosBefore = threads.getCurrentThreadCpuTime();
            target.take(input);
            nanos = Math.min(nanos, threads.getCurrentThreadCpuTime() - nanosBefore);
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - bytesBefore);
        }
        if (bytes > bytesMax || nanos > nanosMax) {
            throw new AssertionError(
                    "%,d bytes of input took %,d bytes of memory (expected: at most %,d) and %,d ns (at most %,d)"
                            .formatted(input.length, bytes, bytesMax, nanos, nanosMax));
        }
    }
}
