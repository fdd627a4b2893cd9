package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Connections move back and forth while everybody talks. */
class MoveStormTest {
    private static final int TALKERS = 16;
    private static final int PUBLISHERS = 3;
    private static final int ROUNDS = 12;
    private static final int ROWS = 1500;
    private static final int WARM = 100;

    /** Publishers wait for the slowest talker: what a stuck loop drops is another matter. */
    private static final long AHEAD_MAX = 1000;

    private final ReentrantReadWriteLock stage = new ReentrantReadWriteLock();
    private volatile boolean isOver;
    private TestServer serving;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("I24")
    void losesAndDoublesNothing(long seed) throws Exception {
        try (Ferry ferry = new Ferry()) {
            storm(ferry, seed, ROUNDS, 20_000);
            assertThat(ferry.cargo.values()).as("%s", ferry.cargo).allMatch(count -> count > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(BrokenFerry.Rule.class)
    @Tag("I24")
    void noticesABrokenRule(BrokenFerry.Rule rule) throws Exception {
        try (Ferry ferry = new BrokenFerry(rule)) {
            assertThatThrownBy(() -> storm(ferry, 5, 8, 1000)).isInstanceOf(AssertionError.class);
        }
    }

    private void storm(Ferry ferry, long seed, int rounds, long patienceMs) throws Exception {
        List<Talker> talkers = new ArrayList<>();
        try (TestServer one = new TestServer();
                TestServer two = new TestServer()) {
            serving = one;
            one.gateway.historyRows = ROWS;
            two.gateway.historyRows = ROWS;
            Random random = new Random(seed);
            for (int i = 0; i < TALKERS; i++) {
                boolean isSlow = i % 4 == 0;
                RawClient client =
                        isSlow
                                ? one.narrow(8192, "operator.write", "operator.read")
                                : one.authenticated("operator.write", "operator.read");
                talkers.add(new Talker(client, seed * 1000 + i, isSlow));
            }
            List<Publisher> publishers = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(new Publisher("run-" + i, talkers));
            }
            try {
                Wait.until(
                        "everybody talks",
                        10_000,
                        () -> talkers.stream().allMatch(talker -> talker.asked.get() > WARM));
                for (int round = 0; round < rounds && areContent(talkers); round++) {
                    round(ferry, serving == one ? two : one, random);
                }
            } finally {
                isOver = true;
                for (Publisher publisher : publishers) {
                    publisher.thread.join();
                }
            }
            finish(talkers, publishers, patienceMs);
            assertThat(one.faults).isEmpty();
            assertThat(two.faults).isEmpty();
            assertThat(one.server.connections() + two.server.connections()).isEqualTo(TALKERS);
        } finally {
            for (Talker talker : talkers) {
                talker.close();
            }
        }
    }

    private static boolean areContent(List<Talker> talkers) {
        return talkers.stream().allMatch(talker -> talker.faults.isEmpty());
    }

    private void round(Ferry ferry, TestServer to, Random random) throws Exception {
        try (Departure departure = serving.server.depart()) {
            int max = 1 + random.nextInt(6);
            if (random.nextInt(4) == 0) {
                fail(ferry, departure, max);
                return;
            }
            while (departure.remaining() > 0) {
                var _ = departure.freeze(max);
                ferry.carryAll(departure, to);
            }
            departure.stopAccepting();
            stage.writeLock().lock();
            try {
                // What the old server owes is answered within 30 ms.
                Optional<Item> late = departure.next(200);
                while (late.isPresent()) {
                    ferry.carry(late.get(), departure, to);
                    late = departure.next(200);
                }
                serving = to;
                to.server.continueFrom(to.server.stateVersions());
                to.server.accept();
            } finally {
                stage.writeLock().unlock();
            }
        }
    }

    /** The other server dies with a batch that it has not adopted, and more are frozen. */
    private static void fail(Ferry ferry, Departure departure, int max) throws Exception {
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
        }
        departure.takeBack();
    }

    private static void finish(List<Talker> talkers, List<Publisher> publishers, long patienceMs)
            throws Exception {
        for (Talker talker : talkers) {
            talker.quiet();
        }
        for (Talker talker : talkers) {
            Wait.until(
                    () -> "all is answered and heard: " + talker,
                    patienceMs,
                    () -> talker.isAnswered() && hasHeardAll(talker, publishers));
            assertThat(talker.faults).isEmpty();
            assertThat(talker.answered.get()).isEqualTo(talker.asked.get()).isPositive();
        }
    }

    private static boolean hasHeardAll(Talker talker, List<Publisher> publishers) {
        return publishers.stream()
                .allMatch(p -> talker.heard.getOrDefault(p.run, 0L) == p.published);
    }

    /** Publishes as fast as it can, wherever the gateway is served. */
    private final class Publisher {
        final String run;
        final List<Talker> talkers;
        final Thread thread;
        volatile long published;

        Publisher(String run, List<Talker> talkers) {
            this.run = run;
            this.talkers = talkers;
            this.thread = Thread.ofPlatform().start(this::publish);
        }

        private void publish() {
            GatewayEvent.Run named = new GatewayEvent.Run(run, "agent:main:main", "s", "main");
            while (!isOver) {
                stage.readLock().lock();
                try {
                    published++;
                    serving.gateway
                            .events()
                            .publish(
                                    new GatewayEvent.RunModel(
                                            named, published, "fake", "echo", 1L));
                } finally {
                    stage.readLock().unlock();
                }
                if (published % 8 == 0 || published - slowest() > AHEAD_MAX) {
                    Wait.pause(1);
                }
            }
        }

        private long slowest() {
            return talkers.stream().mapToLong(t -> t.heard.getOrDefault(run, 0L)).min().orElse(0);
        }
    }
}
