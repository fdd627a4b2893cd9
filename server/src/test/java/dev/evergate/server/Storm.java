package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Connections move back and forth between two servers while everybody talks. */
final class Storm implements AutoCloseable {
    private static final int TALKERS = 16;
    private static final int PUBLISHERS = 3;
    private static final int ROWS = 1500;
    private static final int WARM = 100;
    private static final int ROUNDS_MAX = 200;
    private static final int LOOKS_MAX = 500;

    /** Publishers wait for the slowest talker: what a stuck loop drops is another matter. */
    private static final long AHEAD_MAX = 1000;

    private final TestServer one = new TestServer();
    private final TestServer two = new TestServer();
    private final ReentrantReadWriteLock stage = new ReentrantReadWriteLock();
    private final List<Talker> talkers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final Ferry ferry;
    private final Random random;
    private TestServer serving = one;
    private volatile boolean isOver;

    Storm(Ferry ferry, long seed) throws IOException {
        this.ferry = ferry;
        this.random = new Random(seed);
        one.gateway.historyRows = ROWS;
        two.gateway.historyRows = ROWS;
        for (int i = 0; i < TALKERS; i++) {
            boolean isSlow = i % 4 == 0;
            RawClient client =
                    isSlow
                            ? one.narrow(8192, "operator.write", "operator.read")
                            : one.authenticated("operator.write", "operator.read");
            talkers.add(new Talker(client, seed * 1000 + i, isSlow));
        }
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.add(new Publisher("run-" + i));
        }
        Wait.until(
                "everybody talks",
                () -> talkers.stream().allMatch(talker -> talker.asked.get() > WARM));
    }

    /**
     * Moves everybody so many times, and on until everything that can be in a connection has moved;
     * unless somebody complains before.
     */
    void rounds(int rounds) throws Exception {
        for (int i = 0;
                (i < rounds || (!ferry.isProven() && i < ROUNDS_MAX)) && areContent();
                i++) {
            round(serving == one ? two : one);
        }
    }

    private boolean areContent() {
        return talkers.stream().allMatch(talker -> talker.faults.isEmpty());
    }

    private void round(TestServer to) throws Exception {
        try (Departure departure = serving.server.depart()) {
            int max = 1 + random.nextInt(6);
            if (random.nextInt(4) == 0) {
                fail(departure, max);
                return;
            }
            while (departure.remaining() > 0) {
                var _ = departure.freeze(max);
                ferry.carryAll(departure, to);
            }
            departure.stopAccepting();
            stage.writeLock().lock();
            try {
                // What happened is carried, and what the old server owes is answered soon.
                ferry.carryAll(departure, to);
                for (int looks = 0; ferry.isOwed() && looks < LOOKS_MAX; looks++) {
                    Optional<Item> late = departure.next(10);
                    if (late.isPresent()) {
                        ferry.carry(late.get(), departure, to);
                    }
                }
                ferry.carryAll(departure, to);
                ferry.sink();
                serving = to;
                to.server.accept();
            } finally {
                stage.writeLock().unlock();
            }
        }
    }

    /** The other server dies with a batch that it has not adopted, and more are frozen. */
    private void fail(Departure departure, int max) throws Exception {
        var _ = departure.freeze(max);
        var _ = departure.freeze(max);
        Optional<Item> item = departure.next(0);
        while (item.isPresent() && !(item.get() instanceof Item.Batch)) {
            item = departure.next(0);
        }
        if (item.isPresent() && item.get() instanceof Item.Batch batch) {
            List<Moving> carried = ferry.across(batch);
            Wait.pause(5);
            Ferry.drop(carried);
            ferry.sink();
        }
        departure.takeBack();
    }

    /** Lets everybody end, and checks that nothing was lost or came twice. */
    void check(long patienceMs) throws Exception {
        quiet();
        for (Talker talker : talkers) {
            Wait.until(
                    () -> "all is answered and heard: " + talker,
                    patienceMs,
                    () -> talker.isAnswered() && hasHeardAll(talker));
            assertThat(talker.faults).isEmpty();
            assertThat(talker.answered.get()).isEqualTo(talker.asked.get()).isPositive();
        }
        assertThat(one.faults).isEmpty();
        assertThat(two.faults).isEmpty();
        assertThat(one.server.connections() + two.server.connections()).isEqualTo(TALKERS);
    }

    private void quiet() throws InterruptedException {
        isOver = true;
        for (Publisher publisher : publishers) {
            publisher.thread.join();
        }
        for (Talker talker : talkers) {
            talker.quiet();
        }
    }

    private boolean hasHeardAll(Talker talker) {
        return publishers.stream()
                .allMatch(p -> talker.heard.getOrDefault(p.run, 0L) == p.published.get());
    }

    @Override
    public void close() throws Exception {
        quiet();
        for (Talker talker : talkers) {
            talker.close();
        }
        one.close();
        two.close();
    }

    /** Publishes as fast as everybody can hear it, wherever the gateway is served. */
    private final class Publisher {
        final String run;
        final AtomicLong published = new AtomicLong();
        final Thread thread;

        Publisher(String run) {
            this.run = run;
            this.thread = Thread.ofPlatform().start(this::publish);
        }

        private void publish() {
            GatewayEvent.Run named = new GatewayEvent.Run(run, "agent:main:main", "s", "main");
            while (!isOver) {
                stage.readLock().lock();
                try {
                    long number = published.incrementAndGet();
                    serving.gateway
                            .events()
                            .publish(
                                    new GatewayEvent.RunModel(
                                            named, number, "fake", "echo-1", number));
                } finally {
                    stage.readLock().unlock();
                }
                if (published.get() % 8 == 0 || published.get() - slowest() > AHEAD_MAX) {
                    Wait.pause(1);
                }
            }
        }

        private long slowest() {
            return talkers.stream().mapToLong(t -> t.heard.getOrDefault(run, 0L)).min().orElse(0);
        }
    }
}
