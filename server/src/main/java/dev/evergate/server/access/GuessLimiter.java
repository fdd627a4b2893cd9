package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.time.Time;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes guessing secrets slow (S7). From elsewhere, and from this machine if it is not exempt:
 * after so many failures an address is locked out, and so is a device, from wherever it guesses;
 * because only who has its key can guess in its name, nobody locks out another's. From this machine
 * each failure costs a growing delay. One count for all kinds of secret. Thread-safe.
 */
final class GuessLimiter {
    private static final int COUNTS_MAX = 10_000;
    private static final long DELAY_MS_MIN = 300;
    private static final long DELAY_MS_MAX = 800;
    private static final long DELAY_MS_STEP = 50;

    private final Time time;
    private final Supplier<RateLimit> limit;

    /** Oldest first, so that a flood of addresses forgets the oldest, not the newest. */
    private final Map<String, Guesses> byWhom = new LinkedHashMap<>();

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

    /**
     * How long somebody is locked out, in milliseconds; 0 if not.
     *
     * @param device that has proven its key
     */
    synchronized long lockedMs(Peer peer, Optional<String> device) {
        RateLimit now = limit.get();
        long longestMs = 0;
        for (String key : keys(peer, device)) {
            Guesses guesses = byWhom.get(key);
            if (guesses != null && isTooMany(peer, guesses, now)) {
                longestMs = Math.max(longestMs, now.lockoutMs() - sinceMs(guesses.lastNanos));
            }
        }
        return longestMs;
    }

    /** How long who has failed from there waits for the answer, in milliseconds. */
    synchronized long delayMs(Peer peer) {
        Guesses guesses = byWhom.get(key(peer));
        return guesses == null || !peer.isDirectLoopback()
                ? 0
                : Math.min(DELAY_MS_MAX, DELAY_MS_MIN + DELAY_MS_STEP * (guesses.failures - 1));
    }

    private static boolean isTooMany(Peer peer, Guesses guesses, RateLimit now) {
        boolean isExempt = peer.isDirectLoopback() && now.isLoopbackExempt();
        return !isExempt && guesses.failures >= now.maxAttempts();
    }

    /**
     * Counts a failure; returns how long to wait with the answer, in milliseconds.
     *
     * @param device that has proven its key
     */
    synchronized long failed(Peer peer, Optional<String> device) {
        keys(peer, device).forEach(key -> count(key, peer));
        return delayMs(peer);
    }

    private void count(String key, Peer peer) {
        Guesses guesses = byWhom.remove(key);
        if (guesses == null || isOver(peer, guesses, limit.get())) {
            guesses = new Guesses();
            guesses.firstNanos = time.nanos();
        }
        guesses.failures++;
        guesses.lastNanos = time.nanos();
        byWhom.put(key, guesses);
        if (byWhom.size() > COUNTS_MAX) {
            byWhom.remove(byWhom.keySet().iterator().next());
        }
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

    /** A device on this machine is known by its place alone: others do not lock it out here. */
    private static List<String> keys(Peer peer, Optional<String> device) {
        return peer.isDirectLoopback() || device.isEmpty()
                ? List.of(key(peer))
                : List.of(key(peer), "device " + device.get());
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
