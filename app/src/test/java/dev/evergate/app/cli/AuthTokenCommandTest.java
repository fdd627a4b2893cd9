package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;

/** {@code evergate gateway auth-token}. */
class AuthTokenCommandTest {
    private static final URI NOWHERE = URI.create("ws://127.0.0.1:1/");

    @TempDir private static Path home = Path.of("");
    private final CommandBench bench = new CommandBench(home);

    @AfterEach
    void tearDown() {
        bench.close();
    }

    @Test
    void givesTheSecretToAnotherProgramWhateverTheEnvironmentSays() {
        bench.serving(NOWHERE);
        bench.environment.put("EVERGATE_GATEWAY_TOKEN", "somebody else's");

        assertThat(bench.run("gateway", "auth-token").answer()).isEqualTo(FakeGateway.TOKEN + "\n");
        assertThat(FakeLine.tree(bench.run("gateway", "auth-token", "--json").answer()))
                .isEqualTo(FakeLine.tree("{'token':'%s','ok':true}".formatted(FakeGateway.TOKEN)));
    }

    @Test
    void showsItOnAScreenOnlyWhenThatIsMeant() {
        bench.serving(NOWHERE);
        bench.isTerminal = true;

        var result = bench.run("gateway", "auth-token");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.answer() + result.notes()).doesNotContain(FakeGateway.TOKEN);
        assertThat(result.notes()).contains("evergate gateway auth-token --show");
        assertThat(bench.run("gateway", "auth-token", "--show").answer())
                .isEqualTo(FakeGateway.TOKEN + "\n");
    }

    @Test
    void saysThatNoGatewayHasLeftOne() {
        var result = bench.run("gateway", "auth-token");

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.notes()).contains("evergate gateway run");
    }
}
