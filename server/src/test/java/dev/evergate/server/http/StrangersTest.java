package dev.evergate.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

@Tag("N1")
class StrangersTest {
    private static final class Someone implements Strangers.Stranger {
        private boolean isSettled;
        private boolean isCut;
        private long deadlineNanos = Long.MAX_VALUE;
        private boolean isStaying;

        @Override
        public boolean isSettled() {
            return isSettled;
        }

        @Override
        public boolean isLate(long nowNanos) {
            return nowNanos >= deadlineNanos;
        }

        @Override
        public boolean isStaying(long nowNanos) {
            return isStaying;
        }

        @Override
        public void cut() {
            isCut = true;
        }
    }

    private final Strangers<Someone> strangers = new Strangers<>(3, 2);
    private final List<Someone> all =
            new ArrayList<>(IntStream.range(0, 6).mapToObj(_ -> new Someone()).toList());

    @Test
    void cutsTheOldestWhenThereIsNoRoom() {
        all.subList(0, 5).forEach(strangers::add);

        assertThat(all).extracting(one -> one.isCut).startsWith(true, true, false, false, false);
    }

    @Test
    void givesThePlacesOfTheSettledToOthersFirst() {
        all.subList(0, 3).forEach(strangers::add);
        all.get(1).isSettled = true;

        strangers.add(all.get(3));
        assertThat(all).noneMatch(one -> one.isCut);
        strangers.add(all.get(4));
        assertThat(all).extracting(one -> one.isCut).startsWith(true, false, false, false, false);
    }

    @Test
    void cutsWhoIsLateAndForgetsTheSettled() {
        all.forEach(strangers::add);
        all.get(5).deadlineNanos = 10;
        all.get(4).isSettled = true;
        all.get(4).deadlineNanos = 10;

        strangers.scan(10);

        assertThat(all.get(5).isCut).isTrue();
        assertThat(all.get(4).isCut).isFalse();
        assertThat(all.get(3).isCut).isFalse();
    }

    @Test
    @Tag("S6")
    void letsManyComeAtOnceButFewStay() {
        Strangers<Someone> roomy = new Strangers<>(10, 2);
        all.forEach(roomy::add);

        roomy.scan(0);
        assertThat(all).as("they have just come").noneMatch(one -> one.isCut);

        all.subList(0, 5).forEach(one -> one.isStaying = true);
        all.get(1).isSettled = true;
        roomy.scan(0);
        assertThat(all)
                .extracting(one -> one.isCut)
                .as("five wait, and two may: the oldest go")
                .containsExactly(true, false, true, true, false, false);
        roomy.scan(0);
        assertThat(all.get(4).isCut).isFalse();
    }
}
