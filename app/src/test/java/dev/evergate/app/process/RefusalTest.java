package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What keeps a gateway from serving is said in one sentence, with a documented exit code, and
 * nothing is overwritten.
 */
@Tag("process")
@Tag("I11")
class RefusalTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void namesWhoHoldsThePort() throws IOException {
        try (var holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            GatewayProcess gateway =
                    gateways.start(GatewayProcess.launch().port(holder.getLocalPort()));

            assertThat(gateway.awaitExit()).isEqualTo(78);
            assertThat(gateway.output())
                    .contains("Port " + holder.getLocalPort() + " is held by")
                    .contains("pid " + ProcessHandle.current().pid())
                    .contains("--port");
        }
    }

    @Test
    void namesLineAndColumnOfAConfigurationThatCannotBeParsedAndLeavesItAlone() throws IOException {
        String broken = "{\n  gateway: {\n";
        GatewayLaunch launch = GatewayProcess.launch().config(broken);
        GatewayProcess gateway = gateways.start(launch);

        assertThat(gateway.awaitExit()).isEqualTo(78);
        assertThat(gateway.output()).contains("evergate.json").contains("line 3");
        assertThat(Files.readString(launch.stateDir().resolve("evergate.json"))).isEqualTo(broken);
    }

    @Test
    void namesTheKeyAndTheValueOfAConfigurationThatIsWrong() {
        GatewayProcess gateway =
                gateways.start(
                        GatewayProcess.launch()
                                .config("{ gateway: { auth: { mode: 'nothing' } } }"));

        assertThat(gateway.awaitExit()).isEqualTo(78);
        assertThat(gateway.output()).contains("gateway.auth.mode: \"nothing\"").contains("token");
    }

    @Test
    @Tag("S1")
    void namesWhatAPortForOthersLacksAndTheCommandThatHelps() {
        GatewayProcess gateway = gateways.start(GatewayProcess.launch().arguments("--bind", "lan"));

        assertThat(gateway.awaitExit()).isEqualTo(78);
        assertThat(gateway.output())
                .contains("gateway.bind", "gateway.tls", "gateway.trustedProxies")
                .contains("evergate config set gateway.bind loopback");
    }

    @Test
    void namesAStateDirectoryThatCannotBeMade() throws IOException {
        Path file = Files.createTempFile("evergate-", ".not-a-directory");
        try {
            GatewayProcess gateway =
                    gateways.start(GatewayProcess.launch().stateDir(file.resolve("state")));

            assertThat(gateway.awaitExit()).isEqualTo(69);
            assertThat(gateway.output()).contains(file.toString());
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void namesADamagedStoreAndChangesNothingInIt() throws IOException {
        GatewayLaunch launch =
                GatewayProcess.launch().config("{ gateway: { auth: { token: 'x' } } }");
        Path database = launch.stateDir().resolve("data/evergate.db");
        Files.createDirectories(database.getParent());
        byte[] damaged = new byte[8192];
        Arrays.fill(damaged, (byte) 'x');
        Files.write(database, damaged);
        GatewayProcess gateway = gateways.start(launch);

        assertThat(gateway.awaitExit()).isEqualTo(70);
        assertThat(gateway.output()).contains("evergate.db");
        assertThat(Files.readAllBytes(database)).isEqualTo(damaged);
    }

    @Test
    void namesAnArgumentThatIsNotUnderstood() {
        GatewayProcess gateway = gateways.start(GatewayProcess.launch().arguments("--prot", "1"));

        assertThat(gateway.awaitExit()).isEqualTo(2);
        assertThat(gateway.output()).contains("\"--prot\"").contains("--help");
    }

    @Test
    void refusesAWrongTokenWithTheCommandThatHelpsAndServesOthersOn() {
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch()
                                .config("{ gateway: { auth: { token: 'right' } } }"));

        Assertions.assertThatThrownBy(() -> GatewayClient.connect(gateway.url(), "wrong"))
                .isInstanceOfSatisfying(
                        GatewayClient.CallFailed.class,
                        refused -> {
                            assertThat(refused.error().path("details").path("code").asString())
                                    .isEqualTo("AUTH_TOKEN_MISMATCH");
                            assertThat(refused.getMessage()).doesNotContain("right");
                        });
        try (GatewayClient client = gateway.connect()) {
            assertThat(client.call("health").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    @Tag("I7")
    void aSecondStartNamesTheOwnerAndLeavesItAlone() {
        GatewayProcess owner = gateways.startReady(GatewayProcess.launch());
        GatewayProcess second = gateways.start(GatewayProcess.launch().stateDir(owner.stateDir()));

        assertThat(second.awaitExit()).isEqualTo(78);
        assertThat(second.output()).contains(Long.toString(owner.keeperPid()));
        try (GatewayClient client = owner.connect()) {
            assertThat(client.call("health").path("ok").asBoolean()).isTrue();
        }
    }
}
