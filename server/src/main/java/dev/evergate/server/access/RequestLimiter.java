package dev.evergate.server.access;

import dev.evergate.core.device.Pairing;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.time.Time;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds how many new requests to be paired are made: whoever holds the shared secret but has not
 * been allowed anything can neither bury those of others nor tell every operator of a thousand
 * devices. What is counted in an hour is not more than what is kept, and a request is valid for an
 * hour: so no valid one is ever forgotten for a newer one. Thread-safe.
 */
final class RequestLimiter {
    /** From one address, as guesses count it. */
    private static final int FROM_ONE_MAX = 20;

    private static final int MAX = Devices.REQUESTS_KEPT;
    private static final long WINDOW_NANOS = Pairing.REQUEST_MS * 1_000_000;

    private final Time time;

    /** Oldest first; never more than {@link #MAX}. */
    private final Deque<Request> recent = new ArrayDeque<>();

    private record Request(String from, long atNanos) {}

    RequestLimiter(Time time) {
        this.time = time;
    }

    /** Counts one more request; otherwise how long to wait with it, in milliseconds. */
    synchronized long oneMore(Peer peer) {
        long nowNanos = time.nanos();
        recent.removeIf(request -> nowNanos - request.atNanos >= WINDOW_NANOS);
        String from = GuessLimiter.key(peer);
        long fromThere = recent.stream().filter(request -> request.from.equals(from)).count();
        if (recent.size() < MAX && fromThere < FROM_ONE_MAX) {
            recent.add(new Request(from, nowNanos));
            return 0;
        }
        boolean isFull = recent.size() >= MAX;
        long oldestNanos =
                recent.stream()
                        .filter(request -> isFull || request.from.equals(from))
                        .findFirst()
                        .orElseThrow()
                        .atNanos;
        return Math.ceilDiv(WINDOW_NANOS - (nowNanos - oldestNanos), 1_000_000);
    }
}
