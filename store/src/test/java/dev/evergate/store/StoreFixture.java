package dev.evergate.store;

import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Entropy;
import dev.evergate.core.time.Ids;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.Tasks;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;
import dev.evergate.testkit.journal.Samples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A store with a disk that can fail and a clock that can be moved on. */
final class StoreFixture implements AutoCloseable {
    private static final long TIMEOUT_S = 30;

    final RealWorld world = new RealWorld(new FaultHandler());
    final FaultyDialect disk = new FaultyDialect(world);
    final SqlStore store;

    /** Added to the monotonic clock. */
    private final AtomicLong passedNanos = new AtomicLong();

    StoreFixture(Path directory, long patienceMs) {
        store = SqlStore.open(directory, new MovedWorld(), disk, Migrations.OURS, patienceMs);
    }

    StoreFixture(Path directory) {
        this(directory, 10_000);
    }

    void passMillis(long millis) {
        passedNanos.addAndGet(millis * 1_000_000);
    }

    Acceptance accept(String key) {
        return store.inbox().accept(Samples.message(key, "agent:main:main"));
    }

    /** Runs a call on a thread of its own. */
    <T> CompletableFuture<T> start(Supplier<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        world.tasks()
                .start(
                        "caller",
                        () -> {
                            try {
                                answer.complete(call.get());
                            } catch (RuntimeException e) {
                                answer.completeExceptionally(e);
                            }
                        });
        return answer.orTimeout(TIMEOUT_S, TimeUnit.SECONDS);
    }

    /** Occupies the writer until the gate is opened, so that what comes meanwhile collects. */
    Gate blockWriter() {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch opened = new CountDownLatch(1);
        CompletableFuture<Boolean> unit =
                start(
                        () ->
                                store.write(
                                        _ -> {
                                            entered.countDown();
                                            return await(opened);
                                        }));
        if (!await(entered)) {
            throw new AssertionError("the writer never came");
        }
        return new Gate(opened, unit);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts calls one after another, each only when the one before it waits for the writer. */
    <T> List<CompletableFuture<T>> startInOrder(List<Supplier<T>> calls) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (Supplier<T> call : calls) {
            int before = store.waitingWrites();
            answers.add(start(call));
            Deadline deadline = world.time().deadlineIn(TIMEOUT_S * 1_000);
            while (store.waitingWrites() == before) {
                if (deadline.hasPassed(world.time())) {
                    throw new AssertionError("call " + answers.size() + " never came");
                }
                Thread.onSpinWait();
            }
        }
        return answers;
    }

    @Override
    public void close() {
        store.close();
        world.close();
    }

    /** What holds the writer. */
    record Gate(CountDownLatch latch, CompletableFuture<Boolean> unit) {
        void open() {
            latch.countDown();
            boolean _ = unit.join();
        }
    }

    /** The real world with a clock that jumps. */
    private final class MovedWorld implements World {
        @Override
        public Time time() {
            return new Time() {
                @Override
                public long wallMillis() {
                    return world.time().wallMillis();
                }

                @Override
                public long nanos() {
                    return world.time().nanos() + passedNanos.get();
                }
            };
        }

        @Override
        public Timers timers() {
            return world.timers();
        }

        @Override
        public Tasks tasks() {
            return world.tasks();
        }

        @Override
        public Entropy entropy() {
            return world.entropy();
        }

        @Override
        public Ids ids() {
            return world.ids();
        }

        @Override
        public Loop loop(String name) {
            return world.loop(name);
        }
    }
}
