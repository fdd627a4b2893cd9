package dev.evergate.testkit.time;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Measures what is claimed to take no longer than so much, on a machine that has other things to do
 * as well: time in which somebody there was ready to run and had no core is nobody's fault and does
 * not count. What waits for anything else, such as a time-out, a lock or a peer, counts in full.
 * Thread-safe.
 *
 * <p>The kernel knows that time (Documentation/accounting/psi.rst); where it does not tell, all
 * counts.
 */
public final class FairWatch {
    private static final Path PRESSURE = Path.of("/proc/pressure/cpu");
    private static final String TOTAL = "total=";

    /** However busy the machine is: what took four times as long as it may fails all the same. */
    private static final int SHARE_MIN = 4;

    private final LongSupplier nanos;
    private final LongSupplier scarceNanos;
    private final long beganNanos;
    private final long scarceBeforeNanos;

    /**
     * Begins now.
     *
     * @param nanos a clock
     * @param scarceNanos for how long of its time a core was missing
     */
    FairWatch(LongSupplier nanos, LongSupplier scarceNanos) {
        this.nanos = nanos;
        this.scarceNanos = scarceNanos;
        scarceBeforeNanos = scarceNanos.getAsLong();
        beganNanos = nanos.getAsLong();
    }

    /** Begins now. */
    public static FairWatch start() {
        return new FairWatch(System::nanoTime, () -> scarceMicros(PRESSURE) * 1_000);
    }

    /** Milliseconds since the beginning that count. */
    public double ms() {
        long took = nanos.getAsLong() - beganNanos;
        long scarce = scarceNanos.getAsLong() - scarceBeforeNanos;
        return Math.max(took / SHARE_MIN, took - scarce) / 1e6;
    }

    /** The kernel's count in microseconds, 0 where there is none. */
    static long scarceMicros(Path pressure) {
        try {
            String some = Files.readString(pressure).lines().findFirst().orElse("");
            int at = some.indexOf(TOTAL);
            return at < 0 ? 0 : Long.parseLong(some.substring(at + TOTAL.length()).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
