package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoveStormTest {
    private static final int ROUNDS = 12;
    private static final int TRIES = 10;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("I24")
    void losesAndDoublesNothing(long seed) throws Exception {
        try (Ferry ferry = new Ferry();
                Storm storm = new Storm(ferry, seed)) {
            storm.rounds(ROUNDS);
            storm.check(20_000);

            assertThat(ferry.isProven()).as("%s", ferry.cargo).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(BrokenFerry.Rule.class)
    @Tag("I24")
    void noticesABrokenRule(BrokenFerry.Rule rule) throws Exception {
        // Whether anything of that kind is on its way at a move is a matter of chance.
        boolean isNoticed = false;
        for (long seed = 5; seed < 5 + TRIES && !isNoticed; seed++) {
            isNoticed = breaks(rule, seed);
        }

        assertThat(isNoticed).isTrue();
    }

    private static boolean breaks(BrokenFerry.Rule rule, long seed) throws Exception {
        try (Ferry ferry = new BrokenFerry(rule);
                Storm storm = new Storm(ferry, seed)) {
            storm.rounds(ROUNDS);
            storm.check(1000);
            return false;
        } catch (AssertionError noticed) {
            return true;
        }
    }
}
