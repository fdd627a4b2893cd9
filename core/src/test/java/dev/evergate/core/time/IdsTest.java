package dev.evergate.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.UUID;

class IdsTest {
    @Test
    void makesVersion7IdsThatRiseWithTime() {
        try (var world = new RealWorld(_ -> {})) {
            var id = UUID.fromString(world.ids().next());

            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(id.getMostSignificantBits() >>> 16)
                    .isBetween(world.time().wallMillis() - 1000, world.time().wallMillis());
        }
    }

    @Test
    void makesTokensOf256Bits() {
        try (var world = new RealWorld(_ -> {})) {
            assertThat(world.ids().token()).hasSize(43).isNotEqualTo(world.ids().token());
        }
    }
}
