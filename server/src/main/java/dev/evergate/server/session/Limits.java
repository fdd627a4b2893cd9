package dev.evergate.server.session;

/** Numbers of protocol v4 "Limits, timers, close codes", and a few of our own. */
final class Limits {
    static final int FRAME_BYTES_BEFORE_HELLO = 65_536;
    static final int FRAME_BYTES = 26_214_400;
    static final long BUFFERED_BYTES = 52_428_800;
    static final int QUEUED_HANDSHAKE_FRAMES = 15;
    static final int IN_FLIGHT = 100;
    static final long TICK_MS = 30_000;

    static final long HANDSHAKE_NANOS = seconds(15);
    static final long PING_NANOS = seconds(25);
    static final long PONG_NANOS = seconds(25);

    /** A peer that sends bytes but never a pong is not waited for longer than this. */
    static final long PONG_NANOS_MAX = seconds(120);

    /** How long a big frame waits for memory before the client is asked to come back. */
    static final long HELD_NANOS = seconds(10);

    /** How long a peer may take to answer our close frame. */
    static final long CLOSE_NANOS = seconds(2);

    /** What the slow readers of one loop may hold together. */
    static final long SLOW_BYTES_PER_LOOP = 67_108_864;

    /** A reader with more than this waiting counts as slow. */
    static final long SLOW_BYTES = 262_144;

    private Limits() {}

    private static long seconds(int seconds) {
        return seconds * 1_000_000_000L;
    }
}
