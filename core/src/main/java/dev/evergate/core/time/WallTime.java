package dev.evergate.core.time;

/** The machine's clocks. */
final class WallTime implements Time {
    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
