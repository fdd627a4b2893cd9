package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.app.cli.Discovery.Finding;
import dev.evergate.app.cli.Discovery.Given;
import dev.evergate.app.cli.wire.GatewayAddress;
import dev.evergate.app.cli.wire.Trust;
import dev.evergate.keeper.ExitCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

class DiscoveryTest {
    private static final Given NOTHING = new Given("", Secret.none(), Secret.none(), "", "");
    private static final URI LOCAL = URI.create("ws://127.0.0.1:19001/");

    private final Map<URI, JsonNode> listening = new HashMap<>();
    @TempDir Path home = Path.of("");
    private CommandBench bench = new CommandBench(Path.of("unused"));

    @BeforeEach
    void setUp() {
        bench.close();
        bench = new CommandBench(home);
    }

    @AfterEach
    void tearDown() {
        bench.close();
    }

    @Test
    void prefersWhatTheCommandLineSaysToEverythingElse() {
        bench.environment.put("EVERGATE_GATEWAY_URL", "ws://127.0.0.1:2");
        bench.environment.put("EVERGATE_GATEWAY_TOKEN", "from-environment");
        bench.serving(LOCAL);

        var given = new Given("ws://127.0.0.1:1", Secret.of("from-flag"), Secret.none(), "", "");

        assertThat(found(given))
                .isEqualTo(address("ws://127.0.0.1:1", "from-flag", "--token", false));
    }

    @Test
    void prefersTheEnvironmentToTheStateDirectory() {
        bench.environment.put("EVERGATE_GATEWAY_PORT", "2");
        bench.environment.put("EVERGATE_GATEWAY_TOKEN", "mine");
        bench.serving(LOCAL);

        assertThat(found(NOTHING))
                .isEqualTo(address("ws://127.0.0.1:2/", "mine", "EVERGATE_GATEWAY_TOKEN", false));
    }

    @Test
    void readsOpenClawsVariableOnlyWhereOursIsUnset() {
        bench.environment.put("OPENCLAW_GATEWAY_TOKEN", "theirs");
        bench.environment.put("OPENCLAW_GATEWAY_URL", "ws://127.0.0.1:3/");
        bench.environment.put("EVERGATE_GATEWAY_URL", "ws://127.0.0.1:4/");

        assertThat(found(NOTHING))
                .isEqualTo(address("ws://127.0.0.1:4/", "theirs", "OPENCLAW_GATEWAY_TOKEN", false));
    }

    @Test
    void takesTheAccessFileWhileItsKeeperLives() {
        bench.serving(LOCAL).config("{ gateway: { port: 1, auth: { token: 'other' } } }");

        GatewayAddress found = found(NOTHING);

        assertThat(found.url()).isEqualTo(LOCAL);
        assertThat(found.secret()).isEqualTo(Secret.of(FakeGateway.TOKEN));
        assertThat(found.isOurs()).isTrue();
    }

    @Test
    void waitsForTheKeeperOfAnotherLifeThanTheAccessFiles() {
        bench.serving(LOCAL).owner = Optional.of(bench.owner("booting", "another-life"));

        assertThat(find(NOTHING)).isEqualTo(new Finding.Starting(bench.owner.orElseThrow()));
    }

    @Test
    void waitsForAKeeperThatHasNoAccessFileYet() {
        bench.owner = Optional.of(bench.owner("booting", "a-life"));

        assertThat(find(NOTHING)).isInstanceOf(Finding.Starting.class);
    }

    @Test
    void trustsTheAccessFileOfALoneGatewayThatNamesTheSameInstance() {
        bench.access(LOCAL, FakeGateway.INSTANCE);
        listening.put(LOCAL, FakeLine.object().put("instance", FakeGateway.INSTANCE));

        assertThat(found(NOTHING).isOurs()).isTrue();
    }

    @Test
    void sendsNoSecretToAStrangerOnThePortOfADeadGateway() {
        bench.access(LOCAL, FakeGateway.INSTANCE);
        listening.put(LOCAL, FakeLine.object().put("instance", "stranger"));

        assertThat(find(NOTHING)).isInstanceOf(Finding.Nowhere.class);
    }

    @Test
    void fallsBackToTheConfigurationIfAGatewayListensThere() {
        bench.config("{ gateway: { port: 19001, auth: { token: 'configured' } } }");
        listening.put(LOCAL, FakeLine.object().put("live", true));

        assertThat(found(NOTHING))
                .isEqualTo(
                        address(
                                LOCAL.toString(),
                                "configured",
                                bench.state.config().toString(),
                                false));
    }

    @Test
    void saysWhereItLookedWhenNobodyIsThere() {
        bench.config("{ gateway: { port: 19001, auth: { token: 'configured' } } }");

        assertThat(find(NOTHING))
                .isInstanceOfSatisfying(
                        Finding.Nowhere.class,
                        nowhere ->
                                assertThat(nowhere.looked())
                                        .containsExactly(
                                                bench.state.root().toString(), "127.0.0.1:19001"));
    }

    @Test
    void givesTheLocalTokenToAnAddressThatIsTheLocalGateways() {
        bench.serving(LOCAL);

        var given = new Given("http://localhost:19001", Secret.none(), Secret.none(), "", "");

        assertThat(found(given).secret()).isEqualTo(Secret.of(FakeGateway.TOKEN));
    }

    @Test
    void givesTheLocalTokenToNoOtherAddress() {
        bench.serving(LOCAL);

        var given = new Given("wss://example.org/", Secret.none(), Secret.none(), "", "");

        assertThat(found(given).secret()).isEqualTo(Secret.none());
    }

    @Test
    void trustsTheCertificateThatTheLocalGatewayNames() {
        String print = "ab".repeat(32);
        bench.serving(URI.create("wss://127.0.0.1:19001/"), print);

        Trust local = found(NOTHING).trust();
        assertThat(local.fingerprint()).contains(print);
        var same = new Given("https://localhost:19001", Secret.none(), Secret.none(), "", "");
        assertThat(found(same).trust()).isEqualTo(local);
        var other = new Given("wss://example.org/", Secret.none(), Secret.none(), "", "");
        assertThat(found(other).trust()).isEqualTo(Trust.SYSTEM);
        String shown = "SHA256:" + "CD:".repeat(31) + "CD";
        var pinned = new Given("wss://example.org/", Secret.none(), Secret.none(), shown, "");
        assertThat(found(pinned).trust().fingerprint()).contains("cd".repeat(32));
    }

    @Test
    void refusesAFingerprintThatIsNone() {
        var given = new Given("wss://example.org/", Secret.none(), Secret.none(), "abc", "");

        assertThatThrownBy(() -> find(given))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("abc is not a fingerprint (expected: SHA-256");
    }

    @Test
    void tellsThatABrokenConfigurationKeepsItFromStarting() {
        bench.config("{ gateway: ");

        assertThatThrownBy(() -> find(NOTHING))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exit()).isEqualTo(ExitCode.DO_NOT_RETRY))
                .hasMessageContaining("line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "ftp://127.0.0.1", "ws://", "ws:// x"})
    void refusesAnAddressThatIsNone(String url) {
        assertThatThrownBy(() -> find(new Given(url, Secret.none(), Secret.none(), "", "")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("expected: such as ws://127.0.0.1:18789");
    }

    private Finding find(Given given) {
        return new Discovery(
                        bench.surroundings(new RecordedOutput(false)),
                        (url, _) -> Optional.ofNullable(listening.get(url)))
                .find(given);
    }

    private GatewayAddress found(Given given) {
        return ((Finding.Found) find(given)).address();
    }

    private static GatewayAddress address(
            String url, String secret, String source, boolean isOurs) {
        return new GatewayAddress(URI.create(url), Secret.of(secret), source, isOurs, Trust.SYSTEM);
    }
}
