package dev.evergate.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

@Tag("process")
class GatewayProcessTest {
    @TempDir private Path dist;

    @BeforeEach
    void writeArgumentFile() throws IOException {
        Path lib = Files.createDirectories(dist.resolve("lib"));
        Files.writeString(
                lib.resolve("keeper.args"),
                "-cp \"%s\" -Xint %s"
                        .formatted(
                                System.getProperty("java.class.path"),
                                StandInKeeper.class.getName()));
    }

    @Test
    void startsAKeeperAndFindsItsGeneration() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.launch().dist(dist).startReady()) {
            assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(gateway.output()).contains("[gateway, run, --state-dir, ");
            assertThat(gateway.generationPid()).isNotEqualTo(gateway.keeperPid());
            assertThat(gateway.port()).isBetween(1024, 32_767);
            assertThat(gateway.stop()).isEqualTo(143);
        }
    }

    @Test
    void endsEveryProcessItStarted() {
        GatewayProcess gateway = GatewayProcess.launch().dist(dist).startReady();
        List<ProcessHandle> all =
                ProcessHandle.of(gateway.keeperPid()).orElseThrow().descendants().toList();
        assertThat(all).isNotEmpty();

        gateway.close();

        assertThat(all).noneMatch(ProcessHandle::isAlive);
        assertThat(gateway.isAlive()).isFalse();
        assertThat(gateway.stateDir().getParent()).doesNotExist();
    }

    @Test
    void endsWhatADeadKeeperLeftBehind() {
        GatewayProcess gateway = GatewayProcess.launch().dist(dist).startReady();
        ProcessHandle orphan = ProcessHandle.of(gateway.generationPid()).orElseThrow();
        GatewayProcess.signal("STOP", orphan.pid());
        GatewayProcess.signal("KILL", gateway.keeperPid());

        gateway.close();

        assertThat(orphan.isAlive()).isFalse();
    }

    @Test
    void killsTheGenerationAlone() {
        try (GatewayProcess gateway = GatewayProcess.launch().dist(dist).startReady()) {
            long killed = gateway.killGeneration();

            assertThat(ProcessHandle.of(killed)).isNotPresent();
            assertThat(gateway.isAlive()).isTrue();
        }
    }

    @Test
    void readsTheTokenFromAConfigurationWrittenByPeople() {
        GatewayLaunch launch =
                GatewayProcess.launch()
                        .dist(dist)
                        .config("{ // mine\n gateway: {auth: {token: 'abc',},},}");
        try (GatewayProcess gateway = launch.start()) {
            assertThat(gateway.token()).isEqualTo("abc");
        }
    }

    @Test
    void showsTheOutputOfAKeeperThatFails() throws IOException {
        Files.writeString(dist.resolve("lib/keeper.args"), "-no-such-option");

        assertThatThrownBy(() -> GatewayProcess.launch().dist(dist).startReady())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the keeper has ended")
                .hasMessageContaining("-no-such-option");
    }
}
