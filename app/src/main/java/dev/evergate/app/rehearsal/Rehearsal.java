package dev.evergate.app.rehearsal;

import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.Secret;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Time;
import dev.evergate.keeper.os.Os;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * A successor's proof that it can serve, made while its predecessor still does: it builds every
 * part with the configuration it will serve with, on a scratch state, has one message answered
 * through all of them by a model that asks nobody, goes on with requests for as long as they become
 * faster, and hands connections over from one gateway to another.
 *
 * <p>It touches neither the real store nor the port, log or collector. Blocks; belongs on a thread
 * that starts a generation.
 */
public final class Rehearsal {
    /** For everything up to the first answered message; on a busy machine a start takes long. */
    private static final long TURN_MS = 10_000;

    /** The predecessor needs the processor, too. */
    private static final long WARM_MS = 2_500;

    private static final int ROUNDS_MIN = 3;
    private static final int ROUNDS_MAX = 30;
    private static final int CALLS_IN_ROUND = 3;

    /** A round that is not this much faster than the best one shows that the rest is noise. */
    private static final double FASTER = 0.9;

    private static final List<String> METHODS =
            List.of(
                    "health",
                    "status",
                    "sessions.list",
                    "agents.list",
                    "models.list",
                    "chat.history");

    private static final String TEXT = "Is everybody there?";

    private static final String MAIN = "{\"sessionKey\":\"main\"}";

    private final Stage stage;
    private final Time time;
    private final URI url;
    private int requests;

    private Rehearsal(Stage stage, InetSocketAddress address) {
        this.stage = stage;
        this.time = stage.world().time();
        this.url = URI.create("ws://127.0.0.1:" + address.getPort() + "/");
    }

    /**
     * How it went.
     *
     * @param tookMs altogether
     * @param turnMs until a message was answered
     * @param requests in all rounds
     * @param firstNanos what the first round took
     * @param bestNanos what the fastest round took
     * @param isCutShort whether requests still became faster when the time was over
     */
    public record Report(
            long tookMs,
            long turnMs,
            int requests,
            long firstNanos,
            long bestNanos,
            boolean isCutShort) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d ms: a message was answered after %d; %d requests in rounds that took %.1f at"
                            + " first, %.1f at best%s",
                    tookMs,
                    turnMs,
                    requests,
                    firstNanos / 1e6,
                    bestNanos / 1e6,
                    isCutShort ? ", and would have become faster" : "");
        }
    }

    /**
     * Rehearses.
     *
     * @throws EvergateException saying what did not work: this generation must not serve
     */
    public static Report run(Stage stage) {
        return run(stage, new EchoModel());
    }

    static Report run(Stage given, ModelProviderFactory model) {
        Stage stage = given.withoutProxy();
        Time time = stage.world().time();
        long beganNanos = time.nanos();
        Deadline turnBy = time.deadlineIn(TURN_MS);
        try (var state = ScratchState.in(stage.folder());
                var gateway = ScratchGateway.open(stage, state.folder(), model).start();
                var next = ScratchGateway.openBeside(stage, state.folder(), model).start()) {
            Epoch _ = gateway.enter(List.of(), _ -> {});
            var rehearsal = new Rehearsal(stage, gateway.serve());
            rehearsal.answerOneMessage(turnBy);
            long turnMs = (time.nanos() - beganNanos) / 1_000_000;
            Warmth warmth = rehearsal.warmUp(time.deadlineIn(WARM_MS));
            if (Os.isSupported()) {
                rehearsal.handOver(gateway, next);
            }
            return new Report(
                    (time.nanos() - beganNanos) / 1_000_000,
                    turnMs,
                    rehearsal.requests,
                    warmth.firstNanos(),
                    warmth.bestNanos(),
                    warmth.isCutShort());
        } catch (EvergateException e) {
            throw new EvergateException(e.code(), "The rehearsal failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.INTERNAL, "The rehearsal failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EvergateException(ErrorCode.INTERNAL, "The rehearsal was broken off", e);
        }
    }

    /** How fast rounds of requests were. */
    private record Warmth(long firstNanos, long bestNanos, boolean isCutShort) {}

    private ScratchClient client(Deadline deadline) throws IOException {
        Secret secret = stage.config().gateway().auth().secret();
        return ScratchClient.connect(url, secret, stage.world(), deadline);
    }

    private void answerOneMessage(Deadline deadline) throws IOException {
        try (var client = client(deadline)) {
            String _ = client.ask("agent", message("agent"));
            String answer = client.answer(); // the second one: the turn has ended
            if (!answer.contains(TEXT)) {
                throw new IOException("the answer to its message was " + answer);
            }
        }
    }

    private String message(String key) {
        return "{\"sessionKey\":\"main\",\"idempotencyKey\":\"%s\",\"message\":\"%s\"}"
                .formatted(key, TEXT);
    }

    /** Repeats rounds of requests until two in a row bring nothing, or the time is over. */
    private Warmth warmUp(Deadline deadline) throws IOException {
        long first = 0;
        long best = Long.MAX_VALUE;
        int idle = 0;
        for (int round = 0; round < ROUNDS_MAX && idle < 2; round++) {
            if (deadline.hasPassed(time)) {
                return new Warmth(first, best, true);
            }
            long took = round(round);
            first = round == 0 ? took : first;
            idle = took < FASTER * best || round < ROUNDS_MIN ? 0 : idle + 1;
            best = Math.min(best, took);
        }
        return new Warmth(first, best, false);
    }

    /** A client comes, asks everything and has a message answered; returns what that took. */
    private long round(int number) throws IOException {
        long beganNanos = time.nanos();
        try (var client = client(time.deadlineIn(TURN_MS))) {
            for (int call = 0; call < CALLS_IN_ROUND; call++) {
                for (String method : METHODS) {
                    String params = method.equals("chat.history") ? MAIN : "{}";
                    String _ = client.ask(method, params);
                    requests++;
                }
            }
            String _ = client.ask("chat.send", message("round-" + number));
            String _ = client.await("\"state\":\"final\"");
            requests += 2;
        }
        return time.nanos() - beganNanos;
    }

    /** Two clients stay connected while one gateway takes the place of the other. */
    private void handOver(ScratchGateway from, ScratchGateway to)
            throws IOException, InterruptedException {
        Deadline deadline = time.deadlineIn(TURN_MS);
        try (var one = client(deadline);
                var other = client(deadline)) {
            int moved = new ScratchHandover(stage.world(), from, to).run();
            if (moved != 2) {
                throw new IOException("%d of 2 connections have moved".formatted(moved));
            }
            String _ = one.ask("chat.send", message("moved"));
            String _ = other.await("\"state\":\"final\"");
        }
    }
}
