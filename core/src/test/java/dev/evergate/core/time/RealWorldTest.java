package dev.evergate.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;

class RealWorldTest {
    private final RealWorld world = new RealWorld(_ -> {});

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    @Tag("I2")
    void workThatEndsOnlyBecauseItIsInterruptedWasOverdue() throws Exception {
        var never = new CountDownLatch(1);
        for (int i = 0; i < 300; i++) {
            Attempt attempt =
                    world.attempt("waits", world.time().deadlineIn(1), () -> giveUpAtOnce(never));

            assertThat(attempt).as("attempt %s", i).isInstanceOf(Attempt.Overdue.class);
        }
    }

    private static void giveUpAtOnce(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
