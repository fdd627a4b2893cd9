package dev.evergate.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.time.Loop;
import dev.evergate.core.time.Timers;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

class SimWorldTest {
    private final SimWorld world = new SimWorld(1);
    private final List<String> seen = new ArrayList<>();

    @Test
    void keepsTheOrderOfALoop() {
        Loop loop = world.loop("decides");
        for (int i = 0; i < 5; i++) {
            int number = i;
            loop.execute(() -> seen.add("decision " + number));
        }

        world.settle();

        assertThat(seen)
                .containsExactly(
                        "decision 0", "decision 1", "decision 2", "decision 3", "decision 4");
    }

    @Test
    void runsWhatALoopWasGivenBeforeItWasClosedAndRefusesTheRest() {
        Loop loop = world.loop("decides");
        loop.execute(() -> seen.add("given before"));
        loop.close();

        assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
        world.settle();

        assertThat(seen).containsExactly("given before");
    }

    @Test
    void givesAnotherOrderForAnotherSeedAndTheSameForTheSame() {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            List<String> first = raceOf(new SimWorld(seed));
            assertThat(raceOf(new SimWorld(seed))).isEqualTo(first);
            orders.add(first);
        }

        assertThat(orders).hasSizeGreaterThan(10);
    }

    private static List<String> raceOf(SimWorld world) {
        world.withStalls(5);
        List<String> order = new ArrayList<>();
        Loop loop = world.loop("loop");
        for (String name : List.of("a", "b", "c")) {
            world.tasks()
                    .start(
                            name,
                            () -> {
                                order.add(name + 1);
                                world.pause((long) (world.entropy().fraction() * 3));
                                loop.execute(() -> order.add(name + 2));
                            });
            world.timers().after(1, () -> order.add(name + 3));
        }
        world.runAll();
        assertThat(order).hasSize(9);
        order.add(world.ids().next() + world.fingerprint());
        return order;
    }

    @Test
    void letsTimePassOnlyWhenNothingElseIsLeft() {
        long start = world.time().nanos();
        world.timers().after(1000, () -> seen.add("timer"));
        world.tasks()
                .start(
                        "sleeper",
                        () -> {
                            world.pause(999);
                            seen.add("slept");
                        });

        world.advance(998);
        assertThat(seen).isEmpty();
        world.advance(1);
        assertThat(seen).containsExactly("slept");
        world.advance(1);

        assertThat(seen).containsExactly("slept", "timer");
        assertThat(world.time().nanos() - start).isEqualTo(1_000_000_000);
        assertThat(world.time().deadlineIn(5).remainingMillis(world.time())).isEqualTo(5);
    }

    @Test
    void repeatsAPeriodicTimerUntilItIsTakenBack() {
        AtomicInteger count = new AtomicInteger();
        Timers.Timer timer = world.timers().every(100, count::incrementAndGet);

        world.advance(350);
        timer.cancel();
        world.advance(1000);

        assertThat(count).hasValue(3);
    }

    @Test
    void doesNotRunATimerThatWasTakenBackAtItsVeryMoment() {
        SimWorld.explore(
                20,
                each -> {
                    List<String> fired = new ArrayList<>();
                    List<Timers.Timer> timers = new ArrayList<>();
                    for (int i = 0; i < 2; i++) {
                        timers.add(
                                each.timers()
                                        .after(
                                                10,
                                                () -> {
                                                    fired.add("one of two");
                                                    timers.forEach(Timers.Timer::cancel);
                                                }));
                    }
                    each.advance(10);
                    assertThat(fired).hasSize(1);
                });
    }

    @Test
    void wakesWhoAwaitsAConditionOrTellsThatItsTimeIsUp() {
        boolean[] done = {false};
        world.tasks()
                .start("patient", () -> seen.add("patient " + world.await(() -> done[0], 100)));
        world.tasks().start("hasty", () -> seen.add("hasty " + world.await(() -> done[0], 10)));
        world.timers().after(50, () -> done[0] = true);

        world.runAll();

        assertThat(seen).containsExactly("hasty false", "patient true");
    }

    @Test
    void drivesWhenTheTestItselfWaits() {
        world.timers().after(50, () -> seen.add("timer"));

        assertThat(world.await(() -> !seen.isEmpty(), 100)).isTrue();
        assertThat(world.await(() -> seen.size() > 1, 100)).isFalse();
    }

    @Test
    void failsWithTheSeedWhenSomethingInsideFails() {
        world.loop("decides").execute(() -> fail("broken decision"));

        assertThatThrownBy(world::settle)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 1")
                .hasMessageContaining("broken decision");
    }

    @Test
    void failsWithTheSeedWhenAScenarioFails() {
        assertThatThrownBy(() -> SimWorld.explore(9, each -> assertThat(each.seed()).isLessThan(3)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 3")
                .hasMessageContaining("-Devergate.seed=3");
    }

    @Test
    void failsWhenAConditionCanNeverHold() {
        world.timers().every(1000, () -> {});

        assertThatThrownBy(() -> world.runUntil(() -> false)).hasMessageContaining("seed 1");
    }

    @Test
    void failsWhenThingsGoRoundInACircle() {
        Loop loop = world.loop("dizzy");
        Runnable[] again = new Runnable[1];
        again[0] = () -> loop.execute(again[0]);
        loop.execute(again[0]);

        assertThatThrownBy(world::settle).hasMessageContaining("time stands still");
    }

    @Test
    void tellsWhenAForeignThreadInterferes() {
        Loop loop = world.loop("loop");
        CompletableFuture<Void> foreign =
                CompletableFuture.runAsync(() -> loop.execute(() -> seen.add("never")));

        assertThatThrownBy(foreign::join).hasMessageContaining("no part of the simulated world");
    }

    @Test
    void killsALifeInTheMiddleOfItsCodeWithoutRunningAnythingMore() {
        SimLife victim = world.life("victim");
        victim.tasks()
                .start(
                        "work",
                        () -> {
                            try {
                                seen.add("begun");
                                victim.kill();
                                seen.add("never");
                            } finally {
                                seen.add("never either");
                            }
                        });
        victim.timers().after(1, () -> seen.add("no timer"));
        victim.timers().every(1, () -> seen.add("no period"));
        world.tasks().start("other", () -> world.pause(10));

        world.advance(100);

        assertThat(seen).containsExactly("begun");
        assertThat(victim.isKilled()).isTrue();
    }

    @Test
    void killsALifeThatWaits() {
        SimLife victim = world.life("victim");
        victim.tasks()
                .start(
                        "work",
                        () -> {
                            world.pause(10);
                            seen.add("never");
                        });
        world.timers().after(5, victim::kill);

        world.runAll();

        assertThat(seen).isEmpty();
    }

    @Test
    void tellsALifesFaultsToWhoWantsThem() {
        List<String> faults = new ArrayList<>();
        SimLife life =
                world.life("brittle", fault -> faults.add(String.valueOf(fault.getMessage())));
        life.tasks().start("work", () -> fail("crack"));

        world.settle();

        assertThat(faults).containsExactly("crack");
    }

    @Test
    void movesTheWallClockWithoutTouchingTheMonotonicOne() {
        long nanos = world.time().nanos();
        long wall = world.time().wallMillis();

        world.jumpWallClock(-3_600_000);

        assertThat(world.time().nanos()).isEqualTo(nanos);
        assertThat(world.time().wallMillis()).isEqualTo(wall - 3_600_000);
    }

    private static void fail(String message) {
        throw new IllegalStateException(message);
    }
}
