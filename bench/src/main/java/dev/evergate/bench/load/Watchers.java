package dev.evergate.bench.load;

import dev.evergate.bench.time.Clock;

import io.netty.buffer.ByteBuf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Clients that only listen: they count what they are told. */
public final class Watchers {
    private static final long LOOK_MS = 20;
    private static final int EVENT_AT = "{\"type\":\"event\",\"event\":\"".length();

    private final Map<Connection, Watcher> watchers = new LinkedHashMap<>();

    private static final class Watcher implements Connection.Listener {
        private volatile long frames;
        private volatile long lastNanos;

        @Override
        public void text(Connection from, ByteBuf in, int start, int length) {
            if (counts(in, start)) {
                frames = frames + 1;
                lastNanos = Clock.nanos();
            }
        }
    }

    /** Frames every watcher has got, and when the last one came. */
    public record Count(long fewest, long most, long all, long lastNanos) {}

    public Watchers(List<Connection> connections) {
        for (Connection connection : connections) {
            var watcher = new Watcher();
            watchers.put(connection, watcher);
            connection.listen(watcher);
        }
    }

    /** Lets a connection count again that has had another listener; it has missed nothing. */
    public void rejoin(Connection connection) {
        Watcher watcher = watchers.get(connection);
        if (watcher != null) {
            watcher.frames = count().most;
            connection.listen(watcher);
        }
    }

    /** Whether a frame belongs to a run: not a tick, a health or a presence event. */
    private static boolean counts(ByteBuf in, int start) {
        byte first = in.getByte(start + EVENT_AT);
        return !Connection.isAnswer(in, start) && first != 't' && first != 'h' && first != 'p';
    }

    public Count count() {
        long fewest = Long.MAX_VALUE;
        long most = 0;
        long all = 0;
        long lastNanos = Long.MIN_VALUE;
        for (Watcher watcher : watchers.values()) {
            long frames = watcher.frames;
            fewest = Math.min(fewest, frames);
            most = Math.max(most, frames);
            all += frames;
            lastNanos = Math.max(lastNanos, watcher.lastNanos);
        }
        return new Count(fewest, most, all, lastNanos);
    }

    /** Waits until nothing has come for {@code quietMs}, and counts then. */
    public Count awaitQuiet(long quietMs, long limitMs) throws Exception {
        long started = Clock.nanos();
        Count count = count();
        long sinceNanos = started;
        while (Clock.msSince(sinceNanos) < quietMs) {
            if (Clock.msSince(started) > limitMs) {
                throw new IOException("frames still come after " + limitMs + " ms");
            }
            Clock.pause(LOOK_MS);
            Count next = count();
            if (next.all != count.all) {
                sinceNanos = Clock.nanos();
            }
            count = next;
        }
        return count;
    }

    /** Keeps the text of every frame that counts; an empty line stands between two arrivals. */
    public static final class Recorder implements Connection.Listener {
        private final List<String> lines = new ArrayList<>();

        @Override
        public synchronized void text(Connection from, ByteBuf in, int start, int length) {
            if (counts(in, start)) {
                lines.add(in.toString(start, length, StandardCharsets.UTF_8));
            }
        }

        @Override
        public synchronized void arrived() {
            if (!lines.isEmpty() && !lines.getLast().isEmpty()) {
                lines.add("");
            }
        }

        public synchronized List<String> lines() {
            return List.copyOf(lines);
        }
    }
}
