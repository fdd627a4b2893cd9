package dev.evergate.testkit.crowd;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.time.Wait;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Many clients of one gateway, on three threads: people who talk, listen, stall and arrive, until
 * told to finish; and an account of everything that was not as it should be. Thread-safe.
 */
public final class Crowd implements AutoCloseable {
    private static final long ENTER_MS = 60_000;

    /** So few at a time that the door's queue is not what is tested. */
    private static final int ENTERING_MAX = 100;

    private static final int BIG_MESSAGE_CHARS = 250_000;

    private final CrowdPlan plan;
    private final Account account = new Account();
    private final Loop members = new Loop("crowd-members", account);
    private final Loop visitors = new Loop("crowd-visitors", account);
    private final Venue inside;
    private final Venue outside;
    private final Runs runs;
    private final List<Member> all = new ArrayList<>();
    private final List<Talker> talkers = new ArrayList<>();
    private final AtomicBoolean isFinished = new AtomicBoolean();

    private Crowd(URI url, String token, CrowdPlan plan) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort());
        this.plan = plan;
        this.inside = new Venue(address, token, members, account);
        this.outside = new Venue(address, token, visitors, account);
        this.runs = new Runs("c" + Long.toString(System.nanoTime(), 36), plan.answer());
    }

    /**
     * Lets everybody in, in order, and returns when all are there and talk.
     *
     * @param plan its model must answer every turn with {@link CrowdPlan#answer}
     */
    public static Crowd gather(URI url, String token, CrowdPlan plan) {
        Crowd crowd = new Crowd(url, token, plan);
        try {
            crowd.populate(crowd.bigHistory(url, token));
            crowd.enter();
            return crowd;
        } catch (AssertionError | RuntimeException e) {
            crowd.close();
            throw e;
        }
    }

    /** A conversation that takes more bytes than socket buffers hold; asks for it. */
    private String bigHistory(URI url, String token) {
        String key = runs.conversations().replace("agent:main:", "agent:main:big-");
        if (plan.sleepers() > 0) {
            try (GatewayClient client = GatewayClient.connect(url, token)) {
                String message = "x".repeat(BIG_MESSAGE_CHARS);
                client.call(
                        "chat.send",
                        "{\"sessionKey\":\"%s\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                                .formatted(key, message, key));
                client.call("agent.wait", "{\"runId\":\"" + key + "\",\"timeoutMs\":9000}");
            }
        }
        return "{\"sessionKey\":\"" + key + "\",\"limit\":2}";
    }

    private void populate(String bigParams) {
        long pace = plan.pace().toNanos();
        for (int i = 0; i < plan.listeners(); i++) {
            Optional<Conversation.Style> style =
                    i < plan.conversations()
                            ? Optional.of(new Conversation.Style(i, 100_000_000L))
                            : Optional.empty();
            talkers.add(new Talker(inside, "listener-" + i, runs, true, pace, style));
        }
        for (int i = 0; i < plan.callers(); i++) {
            String name = "caller-" + i;
            talkers.add(new Talker(inside, name, runs, false, pace, Optional.empty()));
        }
        all.addAll(talkers);
        Sleeper.Kind[] kinds = Sleeper.Kind.values();
        for (int i = 0; i < plan.sleepers(); i++) {
            Sleeper.Kind kind = kinds[i % kinds.length];
            // Each at its own rhythm, so that they do not all wake at once.
            long sleepNanos = plan.sleep().toNanos() * (50 + i * 37 % 50) / 100;
            all.add(new Sleeper(inside, kind, i, runs, sleepNanos, bigParams));
        }
    }

    private void enter() {
        for (int first = 0; first < all.size(); first += ENTERING_MAX) {
            List<Member> group = all.subList(first, Math.min(all.size(), first + ENTERING_MAX));
            members.execute(() -> group.forEach(Guest::enter));
            Wait.until(
                    () -> "everybody is let in; " + account.examples(),
                    () -> on(members, () -> group.stream().allMatch(Member::hasEntered)));
        }
        members.execute(() -> talkers.forEach(Talker::converse));
        visitors.execute(() -> repeat(plan.visit().toNanos(), () -> Visitor.send(outside)));
        visitors.execute(() -> repeat(plan.arrival().toNanos(), () -> Newcomer.send(outside)));
    }

    private void repeat(long everyNanos, Runnable task) {
        if (everyNanos > 0) {
            repeat(System.nanoTime(), everyNanos, task);
        }
    }

    /** At a steady pace, as far as it can be served: what was late does not delay what follows. */
    private void repeat(long atNanos, long everyNanos, Runnable task) {
        if (outside.isOver()) {
            return;
        }
        if (!outside.isFull()) {
            task.run();
        }
        long next = atNanos + everyNanos;
        visitors.after(Math.max(0, next - System.nanoTime()), () -> repeat(next, everyNanos, task));
    }

    /** What has gone wrong so far; to be asked at any time. */
    public CrowdReport soFar() {
        int kept =
                on(
                        members,
                        () -> (int) all.stream().filter(Member::isOnItsFirstConnection).count());
        return new CrowdReport(
                all.size(),
                kept,
                account.events.get(),
                account.turns.get(),
                account.resumed.get(),
                account.retries.get(),
                account.wakes.get(),
                account.faults(),
                account.examples(),
                account.calls,
                account.visits,
                account.arrivals);
    }

    /**
     * Lets nobody begin anything new, waits until every request is answered and every listener has
     * heard of every end, and tells what was seen.
     */
    public CrowdReport finish() {
        if (isFinished.compareAndSet(false, true)) {
            inside.end();
            outside.end();
            members.execute(() -> all.forEach(Member::settle));
            try {
                Wait.until("everything is answered", () -> on(members, this::isSettled));
            } catch (AssertionError e) {
                members.execute(() -> all.forEach(Member::giveUp));
                members.execute(this::compare);
            }
        }
        return soFar();
    }

    private boolean isSettled() {
        return all.stream().allMatch(Member::isSettled) && heard().distinct().count() <= 1;
    }

    private Stream<Long> heard() {
        return talkers.stream().map(Talker::heard).flatMap(Optional::stream);
    }

    private void compare() {
        LongSummaryStatistics heard = heard().mapToLong(Long::longValue).summaryStatistics();
        if (heard.getCount() > 0 && heard.getMin() < heard.getMax()) {
            account.fault(
                    Fault.MISSING,
                    "events about runs: one listener heard %d, another %d"
                            .formatted(heard.getMin(), heard.getMax()));
        }
    }

    private <T> T on(Loop loop, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(
                () -> {
                    try {
                        answer.complete(question.call());
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer.orTimeout(ENTER_MS, TimeUnit.MILLISECONDS).join();
    }

    /** Closes every connection. */
    @Override
    public void close() {
        inside.end();
        outside.end();
        members.close();
        visitors.close();
    }
}
