package dev.evergate.bench.load;

import dev.evergate.bench.time.Clock;

import io.netty.buffer.ByteBuf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends messages with {@code chat.send}, and times acknowledgements and last events. */
public final class Turns {
    private static final long LIMIT_MS = 120_000;
    private static final String RUN = "\"runId\":\"";

    private final List<Connection> connections;
    private final String name;
    private final Map<String, Long> unacknowledged = new ConcurrentHashMap<>();
    private final Map<String, Long> unanswered = new ConcurrentHashMap<>();
    private final Histogram acknowledgements = new Histogram();
    private final Histogram answers = new Histogram();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Semaphore acknowledged;
    private final Semaphore answered = new Semaphore(0);

    /**
     * What a series gave.
     *
     * @param acknowledgedMs from the first send to the last acknowledgement
     * @param answeredMs from the first send to the last {@code final}
     * @param refused answers other than {@code ok}
     */
    public record Result(
            Histogram acknowledgements,
            Histogram answers,
            double acknowledgedMs,
            double answeredMs,
            int refused) {}

    /**
     * @param name makes keys and sessions of this series different from others
     * @param connections take turns in sending; each hears about all runs
     */
    public Turns(String name, List<Connection> connections) {
        this.name = name;
        this.connections = connections;
        this.acknowledged = new Semaphore(0);
        for (int i = 0; i < connections.size(); i++) {
            boolean isFirst = i == 0;
            connections.get(i).listen((_, in, start, length) -> heard(in, start, length, isFirst));
        }
    }

    private synchronized void heard(ByteBuf in, int start, int length, boolean isFirst) {
        boolean isAnswer = Connection.isAnswer(in, start);
        if (!isAnswer && !isFirst) {
            return;
        }
        String text = in.toString(start, length, StandardCharsets.UTF_8);
        int run = text.indexOf(RUN) + RUN.length();
        long now = Clock.nanos();
        if (isAnswer) {
            int id = text.indexOf("\"id\":\"") + 6;
            Long sentAt = unacknowledged.remove(text.substring(id, text.indexOf('"', id)));
            if (sentAt != null) {
                acknowledgements.add(now - sentAt);
                if (!text.contains("\"ok\":true")) {
                    refused.incrementAndGet();
                    answered.release();
                }
                acknowledged.release();
            }
        } else if (text.contains("\"state\":\"final\"") || text.contains("\"state\":\"error\"")) {
            Long sentAt = unanswered.remove(text.substring(run, text.indexOf('"', run)));
            if (sentAt != null) {
                answers.add(now - sentAt);
                answered.release();
            }
        }
    }

    /** One message after another, each when the one before has been answered. */
    public Result oneByOne(int count, int messagesPerSession) throws Exception {
        long started = Clock.nanos();
        for (int i = 0; i < count; i++) {
            send("s" + i / messagesPerSession);
            await(acknowledged, 1);
            await(answered, 1);
        }
        return result(Clock.msSince(started), Clock.msSince(started));
    }

    /** All at once, each in a session of its own. */
    public Result concurrent(int count) throws Exception {
        long started = Clock.nanos();
        for (int i = 0; i < count; i++) {
            send("s" + i);
        }
        await(acknowledged, count);
        double acknowledgedMs = Clock.msSince(started);
        await(answered, count);
        return result(acknowledgedMs, Clock.msSince(started));
    }

    /** Many at once: a new one is sent whenever one of {@code inFlight} is acknowledged. */
    public Result flood(int count, int inFlight, int sessions) throws Exception {
        long started = Clock.nanos();
        acknowledged.release(inFlight);
        for (int i = 0; i < count; i++) {
            await(acknowledged, 1);
            send("s" + i % sessions);
        }
        await(acknowledged, inFlight);
        double acknowledgedMs = Clock.msSince(started);
        await(answered, count);
        return result(acknowledgedMs, Clock.msSince(started));
    }

    private void send(String session) {
        int number = sent.getAndIncrement();
        String key = name + "-" + number;
        String params =
                """
                {"sessionKey":"agent:main:%s-%s","message":"Hello","idempotencyKey":"%s"}"""
                        .formatted(name, session, key);
        long now = Clock.nanos();
        unacknowledged.put(key, now);
        unanswered.put(key, now);
        connections.get(number % connections.size()).call(key, "chat.send", params);
    }

    private static void await(Semaphore semaphore, int permits) throws Exception {
        if (!semaphore.tryAcquire(permits, LIMIT_MS, TimeUnit.MILLISECONDS)) {
            throw new IOException(
                    "only %d of %d within %d ms"
                            .formatted(semaphore.availablePermits(), permits, LIMIT_MS));
        }
    }

    private synchronized Result result(double acknowledgedMs, double answeredMs) {
        return new Result(acknowledgements, answers, acknowledgedMs, answeredMs, refused.get());
    }
}
