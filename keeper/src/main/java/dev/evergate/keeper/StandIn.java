package dev.evergate.keeper;

import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PollSet;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.os.TcpStream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Answers for a gateway that does not serve: one fixed 503 to every connection, nothing parsed.
 *
 * <p>A connection is answered when its first bytes arrive or half a second has passed, then drained
 * so that closing it does not reset the answer away. Thread-safety: confined to the keeper's loop.
 */
final class StandIn {
    private static final int CONNECTIONS_MAX = 128;
    private static final long FIRST_BYTES_MS = 500;
    private static final long DRAIN_MS = 1_000;
    private static final long PAUSE_MS = 100;

    private final List<Visitor> visitors = new ArrayList<>();
    private long closedUntilMs;

    /** A connection; answered or not yet. */
    private static final class Visitor {
        final TcpStream stream;
        long deadlineMs;
        boolean isAnswered;

        Visitor(TcpStream stream, long deadlineMs) {
            this.stream = stream;
            this.deadlineMs = deadlineMs;
        }
    }

    /** Takes in who waits at the listeners that are ready. */
    void welcome(PollSet set, Collection<TcpListener> listeners, long nowMs) {
        for (TcpListener listener : listeners) {
            if (set.isReady(listener.descriptor())) {
                welcome(listener, nowMs);
            }
        }
    }

    private void welcome(TcpListener listener, long nowMs) {
        try {
            while (visitors.size() < CONNECTIONS_MAX) {
                Optional<TcpStream> stream = listener.accept();
                if (stream.isEmpty()) {
                    return;
                }
                visitors.add(new Visitor(stream.get(), nowMs + FIRST_BYTES_MS));
            }
        } catch (OsException e) {
            closedUntilMs = nowMs + PAUSE_MS; // Out of descriptors; trying at once would spin.
        }
    }

    /** Whether {@link #welcome} may be called; until then visitors wait in the kernel. */
    boolean hasRoom(long nowMs) {
        return nowMs >= closedUntilMs && visitors.size() < CONNECTIONS_MAX;
    }

    void addTo(PollSet set) {
        for (Visitor visitor : visitors) {
            set.add(visitor.stream.descriptor());
        }
    }

    /** Answers, drains and closes what is due. */
    void attend(PollSet set, long nowMs, long generation) {
        for (Iterator<Visitor> each = visitors.iterator(); each.hasNext(); ) {
            Visitor visitor = each.next();
            boolean isOver = nowMs >= visitor.deadlineMs;
            boolean isReady = set.isReady(visitor.stream.descriptor());
            if (!visitor.isAnswered && (isOver || isReady)) {
                visitor.isAnswered = true;
                visitor.deadlineMs = nowMs + DRAIN_MS;
                visitor.stream.write(answer(generation));
                visitor.stream.endOutput();
                isOver = false;
            }
            if (isOver || (isReady && !visitor.stream.discard())) {
                visitor.stream.close();
                each.remove();
            }
        }
    }

    /** When there is something to do even if nothing happens; far away when there is not. */
    long nextMs(long nowMs) {
        long next = nowMs < closedUntilMs ? closedUntilMs : Long.MAX_VALUE;
        for (Visitor visitor : visitors) {
            next = Math.min(next, visitor.deadlineMs);
        }
        return next;
    }

    void close() {
        for (Visitor visitor : visitors) {
            visitor.stream.close();
        }
        visitors.clear();
    }

    static byte[] answer(long generation) {
        String body =
                "{\"ready\":false,\"live\":false,\"phase\":\"starting\",\"generation\":"
                        + generation
                        + "}";
        return ("HTTP/1.1 503 Service Unavailable\r\n"
                        + "Content-Type: application/json\r\n"
                        + "Content-Length: "
                        + body.length()
                        + "\r\nCache-Control: no-store\r\nRetry-After: 1\r\n"
                        + "Connection: close\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
