package dev.evergate.keeper.ring;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A process that writes numbered records until it is killed: arguments are the file and a kind. */
final class RingWriterMain {
    private static final long PAUSE_NANOS = 50_000;

    private RingWriterMain() {}

    public static void main(String[] args) {
        RingRecord.Source source = RingRecord.Source.valueOf(args[1]);
        Ring ring = new Ring(Path.of(args[0]), source == RingRecord.Source.KEEPER);
        for (long i = 1; ; i++) {
            String text = i + " " + "x".repeat((int) (i % 400));
            ring.write(
                    RingRecord.of(
                            System.currentTimeMillis(),
                            source,
                            RingRecord.Level.INFO,
                            i,
                            "test.writing",
                            text));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
