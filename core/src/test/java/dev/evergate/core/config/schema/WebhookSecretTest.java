package dev.evergate.core.config.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot.HookMapping;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.HookSignature;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

@Tag("S12")
class WebhookSecretTest {
    private static final String OWN = "the-gateway's-own";

    private static ConfigReading read(String text, ConfigOverrides overrides) {
        return ConfigReader.read(Written.sources(text), overrides, 1, Optional.empty());
    }

    private static String config(String rest) {
        return "{ gateway: { auth: { token: \"%s\" } }, %s }".formatted(OWN, rest);
    }

    private static Hooks hooks(ConfigReading reading) {
        return reading.snapshot().gateway().http().hooks();
    }

    @Test
    void readsHowAMappingIsSigned() {
        ConfigReading reading =
                read(
                        config(
                                "hooks: { enabled: true, token: 'x', mappings: ["
                                        + " { match: { path: 'a' }, signature: { secret: 'whsec_AAAA' } },"
                                        + " { match: { path: 'b' }, signature: { form: 'github', secret: 's' } },"
                                        + " { match: { path: 'c' } } ] }"),
                        ConfigOverrides.NONE);

        assertThat(reading.problems()).isEmpty();
        assertThat(hooks(reading).mappings())
                .extracting(HookMapping::match)
                .extracting(HookMapping.Match::signature)
                .containsExactly(
                        Optional.of(
                                new HookSignature(
                                        HookSignature.Form.STANDARD, Secret.of("whsec_AAAA"))),
                        Optional.of(new HookSignature(HookSignature.Form.GITHUB, Secret.of("s"))),
                        Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "signature: {}",
                "signature: { form: 'github' }",
                "signature: { secret: '' }",
                "signature: { secret: null }",
                "signature: { secret: 'whsec_' }",
                "signature: { secret: 'whsec_not base64' }",
                "signature: 'x'",
                "signature: { form: 'other', secret: 'x' }"
            })
    void takesNoMappingWhoseSignatureProvesNothing(String signature) {
        String mapping = "{ match: { path: 'a' }, %s }".formatted(signature);
        String text =
                config("hooks: { enabled: true, token: 'x', mappings: [ %s ] }".formatted(mapping));

        ConfigReading reading = read(text, ConfigOverrides.NONE);

        assertThat(hooks(reading).mappings()).isEmpty();
        assertThat(reading.problems()).isNotEmpty();
        assertThat(ConfigReader.strict(Written.sources(text))).isNotEmpty();
    }

    @Test
    void takesNoSignatureForWhateverComesAnywhere() {
        ConfigReading reading =
                read(
                        config(
                                "hooks: { enabled: true, token: 'x', mappings: ["
                                        + " { signature: { secret: 's' } } ] }"),
                        ConfigOverrides.NONE);

        assertThat(hooks(reading).mappings()).isEmpty();
        assertThat(reading.problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "hooks.mappings[0].match.path: missing (expected: a path, since what comes"
                                + " there is signed)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hooks: { enabled: true, token: SECRET }",
                "hooks: { enabled: true, token: 'x',"
                        + " mappings: [ { match: { path: 'a' }, signature: { secret: SECRET } } ] }",
                "cron: { webhookToken: SECRET }",
                "channels: { telegram: { webhookSecret: SECRET } }"
            })
    void refusesTheGatewaysOwnSecretForEveryWebhookHoweverItIsWritten(String rest) {
        String elsewhere = "ENV-" + OWN;
        var overrides =
                new ConfigOverrides(
                        Optional.empty(), Optional.empty(), Secret.of(elsewhere), Secret.none());

        for (String secret : List.of(OWN, elsewhere)) {
            // What a reference or a variable stands for is put in its place before this is read.
            ObjectNode resolved =
                    Written.tree(config(rest.replace("SECRET", "\"" + secret + "\"")));
            ObjectNode authored = Written.tree(config(rest.replace("SECRET", "'${A_VARIABLE}'")));
            ConfigOverrides over = secret.equals(OWN) ? ConfigOverrides.NONE : overrides;
            var sources = Written.sources(authored, resolved, List.of());

            assertThat(ConfigReader.strict(sources, over))
                    .singleElement()
                    .satisfies(
                            problem -> {
                                assertThat(problem.toString())
                                        .contains("is the gateway's own secret");
                                assertThat(problem.toString()).doesNotContain(secret);
                            });
            ConfigReading reading = ConfigReader.read(sources, over, 1, Optional.empty());
            assertThat(hooks(reading).token().matches(secret)).isFalse();
            assertThat(reading.effective().toString()).containsOnlyOnce(secret);
        }
    }
}
