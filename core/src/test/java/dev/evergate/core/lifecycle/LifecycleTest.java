package dev.evergate.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class LifecycleTest {
    private final List<String> calls = new ArrayList<>();
    private final RealWorld world = new RealWorld(_ -> {});
    private final Lifecycle lifecycle = new Lifecycle(world.time());

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
        assertThat(report.steps().getFirst().failure()).contains("server does not stop");
        assertThat(report.steps().getLast().failure()).isEmpty();
    }

    @Test
    void stopsNothingTwice() throws Exception {
        lifecycle.start(part("store", false));
        lifecycle.stop(1000);

        assertThat(lifecycle.stop(1000).steps()).isEmpty();
    }

    private Component part(String name, boolean fails) {
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
                if (fails) {
                    throw new IllegalStateException(name + " does not stop");
                }
            }
        };
    }
}
