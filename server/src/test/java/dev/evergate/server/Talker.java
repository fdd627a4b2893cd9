package dev.evergate.server;

import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that talks all the time and checks everything it hears: numbers of events without gaps,
 * what each publisher says in order and once, one answer to each request.
 */
final class Talker implements AutoCloseable {
    private static final int IN_FLIGHT_MAX = 40;
    private static final int BIG = 100_000;

    final Queue<String> faults = new ConcurrentLinkedQueue<>();
    final Map<String, Long> heard = new ConcurrentHashMap<>();
    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger asked = new AtomicInteger();

    private final RawClient client;
    private final Random random;
    private final boolean isSlow;
    private final Map<String, Boolean> open = new ConcurrentHashMap<>();
    private final Thread reader;
    private final Thread writer;
    private volatile boolean isQuiet;
    private volatile boolean isClosed;
    private long seq;

    /**
     * @param isSlow whether it lets things wait now and then
     */
    Talker(RawClient authenticated, long seed, boolean isSlow) {
        this.client = authenticated;
        this.random = new Random(seed);
        this.isSlow = isSlow;
        this.reader = Thread.ofVirtual().start(this::read);
        this.writer = Thread.ofVirtual().start(this::write);
    }

    private void read() {
        Random pauses = new Random(17);
        try {
            while (!isClosed) {
                String frame = client.readText();
                check(frame);
                if (isSlow && (frame.length() > BIG || pauses.nextInt(400) == 0)) {
                    Wait.pause(60);
                }
            }
        } catch (IOException | RuntimeException e) {
            if (!isClosed) {
                faults.add("reading ended: " + e);
            }
        }
    }

    private void check(String frame) {
        if (frame.startsWith("{\"type\":\"event\"")) {
            long next = number(frame, frame.lastIndexOf("\"seq\":"));
            if (next != seq + 1) {
                faults.add("event " + next + " came after " + seq + ": " + head(frame));
            }
            seq = next;
            checkPublisher(frame);
            return;
        }
        int at = frame.indexOf("\"id\":\"") + 6;
        String id = frame.substring(at, frame.indexOf('"', at));
        if (open.remove(id) == null) {
            faults.add("answer to nothing: " + head(frame));
        }
        if (!frame.contains("\"ok\":true")) {
            faults.add("refused: " + head(frame));
        }
        var _ = answered.incrementAndGet();
    }

    private void checkPublisher(String frame) {
        int at = frame.indexOf("\"runId\":\"");
        if (at < 0) {
            return;
        }
        String run = frame.substring(at + 9, frame.indexOf('"', at + 9));
        long said = number(frame, frame.indexOf("\"seq\":"));
        long before = heard.getOrDefault(run, 0L);
        if (said != before + 1) {
            faults.add(run + " said " + said + " after " + before);
        }
        var _ = heard.put(run, said);
    }

    private static long number(String frame, int at) {
        int start = at + 6;
        int end = start;
        while (Character.isDigit(frame.charAt(end))) {
            end++;
        }
        return Long.parseLong(frame.substring(start, end));
    }

    private static String head(String frame) {
        return frame.substring(0, Math.min(200, frame.length()));
    }

    private void write() {
        try {
            while (!isQuiet) {
                if (open.size() < IN_FLIGHT_MAX) {
                    ask();
                } else {
                    Wait.pause(1);
                }
                if (random.nextInt(4) == 0) {
                    Wait.pause(random.nextInt(4));
                }
            }
        } catch (IOException | RuntimeException e) {
            if (!isClosed) {
                faults.add("writing ended: " + e);
            }
        }
    }

    private void ask() throws IOException {
        String id = "q" + asked.incrementAndGet();
        var _ = open.put(id, true);
        int kind = random.nextInt(10);
        String padding = kind == 0 ? "p".repeat(random.nextInt(120_000)) : "";
        String text =
                switch (kind) {
                    case 0, 1, 2, 3, 4 -> wait(id, random.nextInt(30), padding);
                    case 5, 6 -> isSlow ? history(id) : list(id);
                    default -> list(id);
                };
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(3) == 0) {
            int cut = random.nextInt(payload.length);
            sendInPieces(RawClient.frame(false, 1, Arrays.copyOf(payload, cut)));
            if (random.nextBoolean()) {
                client.send(RawClient.frame(true, 9, new byte[] {1, 2, 3}));
            }
            sendInPieces(
                    RawClient.frame(true, 0, Arrays.copyOfRange(payload, cut, payload.length)));
        } else {
            sendInPieces(RawClient.frame(true, 1, payload));
        }
    }

    /** Answered later, so perhaps by another server than the one that was asked. */
    private static String wait(String id, int timeoutMs, String padding) {
        return request(
                id,
                "agent.wait",
                "\"runId\":\"none\",\"timeoutMs\":" + timeoutMs + ",\"x\":\"" + padding + '"');
    }

    /** Answered with some 300 KB. */
    private static String history(String id) {
        return request(id, "chat.history", "\"sessionKey\":\"agent:main:main\",\"limit\":1000");
    }

    private static String list(String id) {
        return request(id, "sessions.list", "");
    }

    private static String request(String id, String method, String params) {
        return "{\"type\":\"req\",\"id\":\"%s\",\"method\":\"%s\",\"params\":{%s}}"
                .formatted(id, method, params);
    }

    private void sendInPieces(byte[] frame) throws IOException {
        if (random.nextInt(3) > 0) {
            client.send(frame);
            return;
        }
        int cut = random.nextInt(frame.length);
        client.send(Arrays.copyOf(frame, cut));
        Wait.pause(random.nextInt(6));
        client.send(Arrays.copyOfRange(frame, cut, frame.length));
    }

    /** Asks nothing more. */
    void quiet() throws InterruptedException {
        isQuiet = true;
        writer.join();
    }

    boolean isAnswered() {
        return open.isEmpty();
    }

    @Override
    public String toString() {
        return "heard " + heard + ", waits for " + open.keySet() + ", faults " + faults;
    }

    @Override
    public void close() throws Exception {
        isClosed = true;
        isQuiet = true;
        client.close();
        reader.join();
        writer.join();
    }
}
