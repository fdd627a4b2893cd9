package dev.evergate.bench.load;

import dev.evergate.bench.time.Clock;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Calls one method as fast as it is answered: each connection has {@code depth} calls in flight.
 */
public final class ClosedLoop {
    private static final long DRAIN_MS_MAX = 10_000;

    private final List<Caller> callers = new ArrayList<>();
    private final Map<EventLoop, Histogram> latencies = new HashMap<>();
    private volatile boolean isOver;

    /**
     * What a run gave.
     *
     * @param answeredBytes length of the last answer
     */
    public record Result(double perSecond, long calls, Histogram latencies, int answeredBytes) {}

    private final class Caller implements Connection.Listener {
        private final Connection connection;
        private final Histogram histogram;
        private final ByteBuf[] frames;
        private final long[] sentAt;
        private final CountDownLatch ended;
        private int inFlight;
        private int answeredBytes;

        Caller(Connection connection, ByteBuf[] frames, CountDownLatch ended) {
            this.connection = connection;
            this.histogram = latencies.computeIfAbsent(connection.loop(), _ -> new Histogram());
            this.frames = frames;
            this.sentAt = new long[frames.length];
            this.ended = ended;
        }

        void begin() {
            for (int slot = 0; slot < frames.length; slot++) {
                inFlight++;
                send(slot, Clock.nanos());
            }
            connection.flush();
        }

        private void send(int slot, long nowNanos) {
            sentAt[slot] = nowNanos;
            connection.write(frames[slot]);
        }

        @Override
        public void text(Connection from, ByteBuf in, int start, int length) {
            if (!Connection.isAnswer(in, start)) {
                return;
            }
            int slot = Connection.slot(in, start);
            if (isOver) {
                inFlight--;
                if (inFlight == 0) {
                    ended.countDown();
                }
                return;
            }
            long now = Clock.nanos();
            histogram.add(now - sentAt[slot]);
            answeredBytes = length;
            send(slot, now);
        }
    }

    private ClosedLoop() {}

    /**
     * Runs for {@code ms} milliseconds.
     *
     * @param depth calls in flight on each connection, 1 to 10
     */
    public static Result run(
            List<Connection> connections, String method, String params, int depth, long ms)
            throws Exception {
        ByteBuf[] frames = new ByteBuf[depth];
        for (int slot = 0; slot < depth; slot++) {
            frames[slot] = Frame.request(Integer.toString(slot), method, params);
        }
        return new ClosedLoop().measure(connections, frames, ms);
    }

    private Result measure(List<Connection> connections, ByteBuf[] frames, long ms)
            throws Exception {
        CountDownLatch ended = new CountDownLatch(connections.size());
        for (Connection connection : connections) {
            Caller caller = new Caller(connection, frames, ended);
            callers.add(caller);
            connection.listen(caller);
        }
        long started = Clock.nanos();
        for (Caller caller : callers) {
            caller.connection.loop().execute(caller::begin);
        }
        Clock.pause(ms);
        isOver = true;
        double seconds = Clock.msSince(started) / 1_000;
        if (!ended.await(DRAIN_MS_MAX, TimeUnit.MILLISECONDS)) {
            throw new IOException(ended.getCount() + " connections have unanswered calls");
        }
        connections.forEach(connection -> connection.listen(Connection.Listener.IGNORE));
        Histogram all = new Histogram();
        latencies.values().forEach(all::addAll);
        int answeredBytes = callers.getFirst().answeredBytes;
        return new Result(all.count() / seconds, all.count(), all, answeredBytes);
    }
}
