package dev.evergate.server.access;

import dev.evergate.core.time.Time;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes guessing secrets slow (S7). From elsewhere: after ten failures an address is locked out for
 * five minutes. From this machine: each failure costs a growing delay, never a lock-out. One count
 * for all kinds of secret. Thread-safe.
 */
final class GuessLimiter {
    private static final int FAILURES_MAX = 10;
    private static final long LOCKED_MS = 300_000;
    private static final int ADDRESSES_MAX = 10_000;
    private static final long DELAY_MS_MIN = 300;
    private static final long DELAY_MS_MAX = 800;
    private static final long DELAY_MS_STEP = 50;

    private final Time time;

    /** Oldest first, so that a flood of addresses forgets the oldest, not the newest. */
    private final Map<String, Guesses> byAddress = new LinkedHashMap<>();

    private static final class Guesses {
        int failures;
        long lastNanos;
    }

    GuessLimiter(Time time) {
        this.time = time;
    }

    /** How long this address is locked out, in milliseconds; 0 if it is not. */
    synchronized long lockedMs(Peer peer) {
        if (peer.isDirectLoopback()) {
            return 0;
        }
        Guesses guesses = current(canonical(peer.address()));
        return guesses.failures < FAILURES_MAX
                ? 0
                : LOCKED_MS - (time.nanos() - guesses.lastNanos) / 1_000_000;
    }

    /** Counts a failure; returns how long to wait with the answer, in milliseconds. */
    synchronized long failed(Peer peer) {
        String key = peer.isDirectLoopback() ? "local" : canonical(peer.address());
        Guesses guesses = current(key);
        guesses.failures++;
        guesses.lastNanos = time.nanos();
        byAddress.remove(key);
        byAddress.put(key, guesses);
        if (byAddress.size() > ADDRESSES_MAX) {
            byAddress.remove(byAddress.keySet().iterator().next());
        }
        return peer.isDirectLoopback()
                ? Math.min(DELAY_MS_MAX, DELAY_MS_MIN + DELAY_MS_STEP * (guesses.failures - 1))
                : 0;
    }

    private Guesses current(String key) {
        Guesses guesses = byAddress.get(key);
        boolean isOld = guesses != null && time.nanos() - guesses.lastNanos > LOCKED_MS * 1_000_000;
        return guesses == null || isOld ? new Guesses() : guesses;
    }

    /** An IPv4-mapped address is the IPv4 one (Java makes it so); IPv6 counts by its /64. */
    private static String canonical(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of()
                .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
    }
}
