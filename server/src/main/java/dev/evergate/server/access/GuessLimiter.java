package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.time.Time;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Makes guessing secrets slow (S7). From elsewhere, and from this machine if it is not exempt:
 * after so many failures an address is locked out. From this machine each failure costs a growing
 * delay. One count for all kinds of secret. Thread-safe.
 */
final class GuessLimiter {
    private static final int ADDRESSES_MAX = 10_000;
    private static final long DELAY_MS_MIN = 300;
    private static final long DELAY_MS_MAX = 800;
    private static final long DELAY_MS_STEP = 50;

    private final Time time;
    private final Supplier<RateLimit> limit;

    /** Oldest first, so that a flood of addresses forgets the oldest, not the newest. */
    private final Map<String, Guesses> byAddress = new LinkedHashMap<>();

    private static final class Guesses {
        int failures;
        long firstNanos;
        long lastNanos;
    }

    /**
     * @param limit as it is in force; asked each time
     */
    GuessLimiter(Time time, Supplier<RateLimit> limit) {
        this.time = time;
        this.limit = limit;
    }

    /** How long this address is locked out, in milliseconds; 0 if it is not. */
    synchronized long lockedMs(Peer peer) {
        RateLimit now = limit.get();
        Guesses guesses = byAddress.get(key(peer));
        return guesses != null && isTooMany(peer, guesses, now)
                ? Math.max(0, now.lockoutMs() - sinceMs(guesses.lastNanos))
                : 0;
    }

    private static boolean isTooMany(Peer peer, Guesses guesses, RateLimit now) {
        boolean isExempt = peer.isDirectLoopback() && now.isLoopbackExempt();
        return !isExempt && guesses.failures >= now.maxAttempts();
    }

    /** Counts a failure; returns how long to wait with the answer, in milliseconds. */
    synchronized long failed(Peer peer) {
        String key = key(peer);
        Guesses guesses = byAddress.remove(key);
        if (guesses == null || isOver(peer, guesses, limit.get())) {
            guesses = new Guesses();
            guesses.firstNanos = time.nanos();
        }
        guesses.failures++;
        guesses.lastNanos = time.nanos();
        byAddress.put(key, guesses);
        if (byAddress.size() > ADDRESSES_MAX) {
            byAddress.remove(byAddress.keySet().iterator().next());
        }
        return peer.isDirectLoopback()
                ? Math.min(DELAY_MS_MAX, DELAY_MS_MIN + DELAY_MS_STEP * (guesses.failures - 1))
                : 0;
    }

    /** A count begins anew with the next window, or when a lock-out is over. */
    private boolean isOver(Peer peer, Guesses guesses, RateLimit now) {
        return isTooMany(peer, guesses, now)
                ? sinceMs(guesses.lastNanos) > now.lockoutMs()
                : sinceMs(guesses.firstNanos) > now.windowMs();
    }

    private long sinceMs(long nanos) {
        return (time.nanos() - nanos) / 1_000_000;
    }

    /** Whose guesses count together. */
    static String key(Peer peer) {
        return peer.isDirectLoopback() ? "local" : canonical(peer.clientAddress());
    }

    /** An IPv4-mapped address is the IPv4 one (Java makes it so); IPv6 counts by its /64. */
    private static String canonical(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of()
                .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
    }
}
