package dev.evergate.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

class LifecycleTest {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<Long> givenMs = new CopyOnWriteArrayList<>();
    private final RealWorld world = new RealWorld(_ -> {});
    private final Lifecycle lifecycle = new Lifecycle(world);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void stopsInTheReverseOrderOfTheStart() throws Exception {
        lifecycle.start(part("store", false));
        lifecycle.start(part("server", false));

        lifecycle.stop(1000);

        assertThat(calls)
                .containsExactly("start store", "start server", "stop server", "stop store");
    }

    @Test
    void stopsTheOthersWhenOneDoesNotStop() throws Exception {
        lifecycle.start(part("store", false));
        lifecycle.start(part("server", true));

        StopReport report = lifecycle.stop(1000);

        assertThat(calls).endsWith("stop server", "stop store");
        assertThat(report.steps().getFirst().detail()).contains("server does not stop");
        assertThat(report.steps().getLast().outcome()).isEqualTo(StopReport.Outcome.STOPPED);
    }

    @Test
    @Tag("I2")
    void leavesBehindWhoeverBlocksForEverAndSaysWhereItStands() throws Exception {
        var never = new CountDownLatch(1);
        lifecycle.start(part("store", false));
        lifecycle.start(part("plugin", () -> waitFor(never)));
        lifecycle.start(part("server", false));

        StopReport report = lifecycle.stop(5_000);

        assertThat(calls).endsWith("stop server", "stop plugin", "stop store");
        assertThat(report.isClean()).isFalse();
        StopReport.Step stuck = report.steps().get(1);
        assertThat(stuck.component()).isEqualTo("plugin");
        assertThat(stuck.outcome()).isEqualTo(StopReport.Outcome.OVERDUE);
        assertThat(stuck.detail()).contains("CountDownLatch.await");
        assertThat(stuck.tookMs()).isGreaterThanOrEqualTo(300L);
        assertThat(stuck.tookMs()).isBetween(300L, 2_000L);
        assertThat(givenMs.get(1)).as("of the 5 s that are left").isLessThanOrEqualTo(300);
        assertThat(report.steps().getLast().offsetMs())
                .isGreaterThanOrEqualTo(stuck.offsetMs() + stuck.tookMs());
        assertThat(report.toString()).contains("plugin").contains("overdue");
    }

    @Test
    @Tag("I2")
    void keepsToItsTimeEvenIfNobodyDoes() throws Exception {
        var never = new CountDownLatch(1);
        for (int i = 0; i < 10; i++) {
            lifecycle.start(part("part-" + i, () -> waitFor(never)));
        }

        StopReport report = lifecycle.stop(200);

        assertThat(report.steps())
                .hasSize(10)
                .allMatch(step -> step.outcome() == StopReport.Outcome.OVERDUE);
        assertThat(report.tookMs()).isLessThan(3_000);
        assertThat(givenMs.getFirst()).isLessThanOrEqualTo(200);
        assertThat(givenMs.subList(1, 10))
                .as("nothing is left for the others")
                .allMatch(ms -> ms <= Lifecycle.STOP_MS_MIN);
    }

    private static void waitFor(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void stopsNothingTwice() throws Exception {
        lifecycle.start(part("store", false));
        lifecycle.stop(1000);

        assertThat(lifecycle.stop(1000).steps()).isEmpty();
    }

    private Component part(String name, boolean fails) {
        return part(
                name,
                () -> {
                    if (fails) {
                        throw new IllegalStateException(name + " does not stop");
                    }
                });
    }

    private Component part(String name, Runnable stop) {
        return new Component() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void start() {
                calls.add("start " + name);
            }

            @Override
            public void stop(Deadline deadline) {
                calls.add("stop " + name);
                givenMs.add(deadline.remainingMillis(world.time()));
                stop.run();
            }
        };
    }
}
