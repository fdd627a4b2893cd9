package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code evergate gateway auth-token --rotate} where no gateway runs. */
@Tag("S2")
class SecretRotationTest {
    @TempDir private Path home = Path.of("");

    private String config() throws IOException {
        return Files.readString(home.resolve(".evergate/evergate.json"));
    }

    @Test
    void putsAnotherTokenIntoTheFileAndLeavesTheRest() throws Exception {
        try (var bench = new CommandBench(home)) {
            bench.config("{ gateway: { port: 1, /* mine */ auth: { token: 'the old one' } } }");

            var result = bench.run("gateway", "auth-token", "--rotate");

            assertThat(result.exit()).as(result.notes()).isZero();
            assertThat(config())
                    .contains("/* mine */", "port: 1")
                    .doesNotContain("the old one")
                    .containsPattern("token: [\"'][A-Za-z0-9_-]{43}[\"']");
            assertThat(result.answer()).doesNotContainPattern("[A-Za-z0-9_-]{43}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ auth: { mode: 'none' } } | has no secret",
                "{ auth: { token: '${TOKEN}' } } | does not hold gateway.auth.token itself",
                "{ auth: { mode: 'password' } } | does not hold gateway.auth.password itself"
            })
    void saysWhereTheSecretIsNotItsToChange(String gateway, String why) throws Exception {
        try (var bench = new CommandBench(home)) {
            bench.environment.put("TOKEN", "from elsewhere");
            String before = "{ gateway: " + gateway + " }";
            bench.config(before);

            var result = bench.run("gateway", "auth-token", "--rotate");

            assertThat(result.exit()).isEqualTo(2);
            assertThat(result.notes()).contains(why);
            assertThat(config()).isEqualTo(before);
        }
    }
}
