package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.ring.Ring;
import dev.evergate.keeper.ring.RingRecord;
import dev.evergate.keeper.ring.RingRecord.Level;
import dev.evergate.keeper.ring.RingRecord.Source;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;

class StabilityCommandTest {
    @TempDir static Path home = Path.of("");
    private final CommandBench bench = new CommandBench(home);

    @AfterEach
    void tearDown() {
        bench.close();
    }

    @Test
    void tellsWhyWithoutAGatewayAndIsKindWhenThereIsNothingToTell() {
        var nothing = bench.run("gateway", "stability");
        assertThat(nothing.exit()).isZero();
        assertThat(nothing.notes()).contains("Nothing is recorded in " + bench.state.ring());

        var ring = new Ring(bench.state.ring(), true);
        write(ring, 1_000, "keeper.started", "Process 1 keeps /state");
        write(ring, 2_000, "gateway.phase", "booting -> serving");
        write(ring, 3_000, "generation.ended", "Generation 7 was ended by signal 9\u001b[2J");
        write(ring, 3_100, "gateway.phase", "serving -> booting");
        write(ring, 3_500, "gateway.phase", "booting -> serving");

        var told = bench.run("gateway", "stability");
        assertThat(told.exit()).isZero();
        assertThat(told.answer())
                .containsSubsequence("Restart nobody asked for in 500 ms", "Start in 1 s")
                .contains("because  Generation 7 was ended by signal 9[2J")
                .contains("result   generation 7 serves");

        var json =
                JsonMapper.shared()
                        .readTree(bench.run("gateway", "stability", "--json", "-n", "1").answer());
        assertThat(json.path("ok").asBoolean(false)).isTrue();
        assertThat(json.path("restarts")).hasSize(1);
        assertThat(json.path("restarts").get(0).path("cause").asString(""))
                .startsWith("Generation 7 was ended");
    }

    private static void write(Ring ring, long atMs, String event, String text) {
        ring.write(RingRecord.of(atMs, Source.KEEPER, Level.INFO, 7, event, text));
    }
}
