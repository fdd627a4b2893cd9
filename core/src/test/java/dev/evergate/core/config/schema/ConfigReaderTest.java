package dev.evergate.core.config.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.fault.EvergateException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class ConfigReaderTest {
    private static final String AUTH = "auth: { token: 'abc' }";

    /** Without which the port is not opened to others. */
    private static final String SAFE =
            "trustedProxies: ['10.0.0.1'], auth: { token: 'a token of some length' }";

    @Test
    void readsValuesAndTakesDefaultsForTheRest() {
        ConfigReading reading =
                read(
                        """
                        { gateway: { port: 19000, auth: { token: 'abc' } },
                          models: { providers: { local: {
                            baseUrl: 'http://127.0.0.1:8000/v1', apiKey: 'k',
                            models: [ { id: 'qwen3:8b', contextWindow: 8192 } ] } } },
                          agents: { defaults: { model: { primary: 'local/qwen3:8b' } } } }
                        """);

        ConfigSnapshot snapshot = reading.snapshot();
        assertThat(reading.problems()).isEmpty();
        assertThat(snapshot.generation()).isEqualTo(7);
        assertThat(snapshot.gateway().port()).isEqualTo(19000);
        assertThat(snapshot.gateway().bindHost()).isEqualTo("127.0.0.1");
        assertThat(snapshot.gateway().auth().secret()).isEqualTo(Secret.of("abc"));
        assertThat(snapshot.agents().primary()).contains(new ModelRef("local", "qwen3:8b"));
        assertThat(provider(snapshot, "local").models().getFirst().contextWindow()).isEqualTo(8192);
        assertThat(provider(snapshot, "local").settings().timeout()).hasSeconds(120);
    }

    @Test
    void hasTheDefaultsThatSnapshotsAreMadeWithElsewhere() {
        ConfigSnapshot snapshot = read("{ gateway: { " + AUTH + " } }").snapshot();

        assertThat(snapshot.operation()).isEqualTo(ConfigSnapshot.Operation.DEFAULTS);
        assertThat(snapshot.gateway())
                .isEqualTo(
                        new ConfigSnapshot.Gateway(
                                18_789,
                                "127.0.0.1",
                                new ConfigSnapshot.Auth(
                                        ConfigSnapshot.Auth.Mode.TOKEN, Secret.of("abc")),
                                List.of(),
                                List.of()));
    }

    @Test
    void prefersWhatFlagsAndEnvironmentSay() {
        var overrides =
                new ConfigOverrides(
                        Optional.of(20000),
                        Optional.of("lan"),
                        Secret.of("another of some length"),
                        Secret.none());

        ConfigSnapshot snapshot =
                ConfigReader.read(
                                Written.sources("{ gateway: { port: 19000, " + SAFE + " } }"),
                                overrides,
                                1,
                                Optional.empty())
                        .snapshot();

        assertThat(snapshot.gateway().port()).isEqualTo(20000);
        assertThat(snapshot.gateway().bindHost()).isEqualTo("0.0.0.0");
        assertThat(snapshot.gateway().auth().secret())
                .isEqualTo(Secret.of("another of some length"));
    }

    @Test
    void keepsAnUnknownKeyOutOfForceAndNamesTheNearest() {
        ConfigReading reading =
                read("{ gateway: { " + AUTH + ", prot: 1, allowedOrigins: [] }, bogus: {} }");

        assertThat(reading.problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "gateway.prot: unknown key; it stays in the file and has no effect."
                                + " Did you mean gateway.port?",
                        "gateway.allowedOrigins: unknown key; it stays in the file and has no"
                                + " effect. Did you mean gateway.controlUi.allowedOrigins?",
                        "bogus: unknown key; it stays in the file and has no effect.");
        assertThat(reading.problems())
                .extracting(ConfigProblem::kind)
                .containsOnly(ConfigProblem.Kind.UNKNOWN_KEY);
        assertThat(reading.effective())
                .isEqualTo(Written.tree("{ gateway: { auth: { token: 'abc' } } }"));
    }

    @Test
    @Tag("I34")
    void keepsTheGoodValueOfABadOneAndAppliesTheRest() {
        ObjectNode good = Written.tree("{ gateway: { port: 19000, " + AUTH + " } }");

        ConfigReading reading =
                read(
                        "{ gateway: { port: 99999, auth: { token: 'abc' },"
                                + " trustedProxies: ['10.0.0.1'] } }",
                        good);

        assertThat(reading.snapshot().gateway().port()).isEqualTo(19000);
        assertThat(reading.snapshot().gateway().trustedProxies()).containsExactly("10.0.0.1");
        assertThat(reading.problems())
                .extracting(ConfigProblem::toString)
                .containsExactly("gateway.port: 99999 (expected: a whole number from 1 to 65535)");
        assertThat(reading.snapshot().problems()).isEqualTo(reading.problems());
    }

    @Test
    void takesTheDefaultOfABadValueWhenNothingWasGood() {
        assertThat(read("{ gateway: { port: 'x', " + AUTH + " } }").snapshot().gateway().port())
                .isEqualTo(18_789);
    }

    @Test
    @Tag("S12")
    void servesNoHooksWithTheSecretOfTheGateway() {
        ConfigReading reading =
                read(
                        "{ gateway: { auth: { mode: 'token', token: 'abc', password: 'def' } },"
                                + " hooks: { enabled: true, token: 'def' } }");

        assertThat(reading.snapshot().gateway().http().hooks().isEnabled()).isFalse();
        assertThat(reading.problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "hooks.token: is the gateway's own secret (expected: another one, since"
                                + " whoever calls a hook would hold the gateway's too)");
    }

    @Test
    void neverSendsAKeptKeyToANewAddress() {
        ObjectNode good = Written.tree(provider("http://127.0.0.1:1/v1", "'old-key'"));
        ObjectNode authored = Written.tree(provider("http://elsewhere:1/v1", "'${UNSET}'"));
        ObjectNode resolved = Written.tree(provider("http://elsewhere:1/v1", "null"));
        var unresolved =
                new ConfigProblem("models.providers.a.apiKey", "the variable UNSET is not set");

        ConfigReading reading =
                ConfigReader.read(
                        Written.sources(authored, resolved, List.of(unresolved)),
                        ConfigOverrides.NONE,
                        1,
                        Optional.of(good));

        var settings = provider(reading.snapshot(), "a").settings();
        assertThat(settings.apiKey()).isEqualTo(Secret.of("old-key"));
        assertThat(settings.baseUrl()).hasHost("127.0.0.1");
        assertThat(reading.problems()).containsExactly(unresolved);
    }

    private static String provider(String url, String key) {
        return "{ gateway: { %s }, models: { providers: { a: { baseUrl: '%s', apiKey: %s } } } }"
                .formatted(AUTH, url, key);
    }

    @Test
    void leavesAProviderOutThatCannotBeUsedAndNeverWasGood() {
        ConfigReading reading =
                read(
                        "{ gateway: { "
                                + AUTH
                                + " }, models: { providers: { a: { apiKey: 'k' } } } }");

        assertThat(reading.snapshot().providers()).isEmpty();
        assertThat(reading.problems())
                .extracting(ConfigProblem::path)
                .containsExactly("models.providers.a.baseUrl");
    }

    @Test
    void keepsAWholeListForOneBadItem() {
        ObjectNode good = Written.tree(models("[{ id: 'old' }]"));

        ConfigReading reading =
                read(models("[{ id: 'new' }, { id: 'b', contextWindow: -1 }]"), good);

        assertThat(provider(reading.snapshot(), "a").models())
                .extracting(ConfigSnapshot.Model::id)
                .containsExactly("old");
        assertThat(reading.problems())
                .extracting(ConfigProblem::path)
                .containsExactly("models.providers.a.models[1].contextWindow");
    }

    private static String models(String list) {
        return "{ gateway: { %s }, models: { providers: { a: { baseUrl: 'http://a', models: %s } } } }"
                .formatted(AUTH, list);
    }

    @Test
    void keepsTheGoodPairWhenTwoKeysDoNotFit() {
        ObjectNode good = Written.tree("{ gateway: { bind: 'lan', port: 1, " + SAFE + " } }");

        ConfigReading reading =
                read("{ gateway: { bind: 'custom', port: 2, " + SAFE + " } }", good);

        assertThat(reading.snapshot().gateway().bindHost()).isEqualTo("0.0.0.0");
        assertThat(reading.snapshot().gateway().port()).isEqualTo(2);
        assertThat(reading.problems())
                .extracting(ConfigProblem::path)
                .containsExactly("gateway.customBindHost");
    }

    @Test
    @Tag("I34")
    void keepsEverythingOfASectionThatIsNoObject() {
        ObjectNode good = Written.tree("{ gateway: { port: 19000, " + SAFE + " } }");
        var overrides =
                new ConfigOverrides(
                        Optional.empty(), Optional.of("lan"), Secret.none(), Secret.none());

        ConfigReading reading =
                ConfigReader.read(
                        Written.sources("{ gateway: 5, logging: { level: 'debug' } }"),
                        overrides,
                        1,
                        Optional.of(good));

        assertThat(reading.snapshot().gateway().port()).isEqualTo(19000);
        assertThat(reading.snapshot().gateway().bindHost()).isEqualTo("0.0.0.0");
        assertThat(reading.snapshot().operation().logging().level())
                .isEqualTo(ConfigSnapshot.Logging.Level.DEBUG);
        assertThat(reading.problems())
                .extracting(ConfigProblem::toString)
                .containsExactly("gateway: a number (expected: an object)");
    }

    @Test
    void refusesOnlyWhatHasNoSecretAtAll() {
        assertThatThrownBy(() -> read("{ gateway: { port: 1 } }"))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("gateway.auth.token: missing")
                .hasMessageContaining("EVERGATE_GATEWAY_TOKEN");
    }

    @Test
    void neverShowsASecretThatHasTheWrongTypeOrCameFromAVariable() {
        ObjectNode authored =
                Written.tree("{ gateway: { port: '${KEY}', auth: { token: 123456789 } } }");
        ObjectNode resolved =
                Written.tree("{ gateway: { port: 'c4n4ry', auth: { token: 123456789 } } }");

        List<ConfigProblem> problems =
                ConfigReader.strict(Written.sources(authored, resolved, List.of()));

        assertThat(problems.toString())
                .contains("gateway.auth.token: a number", "\"${KEY}\"")
                .doesNotContain("123456789", "c4n4ry");
    }

    @Test
    void takesNothingBackForWhatIsSaidOfNoKey() {
        ObjectNode good = Written.tree("{ gateway: { port: 1, " + AUTH + " } }");
        ObjectNode now = Written.tree("{ gateway: { port: 2, " + AUTH + " } }");
        var told = new ConfigProblem("", ".env: it cannot be read");

        ConfigReading reading =
                ConfigReader.read(
                        Written.sources(now, now, List.of(told)),
                        ConfigOverrides.NONE,
                        1,
                        Optional.of(good));

        assertThat(reading.snapshot().gateway().port()).isEqualTo(2);
        assertThat(reading.problems()).containsExactly(told);
    }

    @Test
    void isStrictOnWriting() {
        assertThat(ConfigReader.strict(Written.sources("{ gateway: { " + AUTH + " } }"))).isEmpty();
        assertThat(
                        ConfigReader.strict(
                                Written.sources(
                                        "{ gateway: { bogus: 1, port: 0, tls: { enabled: true } } }")))
                .extracting(ConfigProblem::path)
                .containsExactly(
                        "gateway.bogus",
                        "gateway.port",
                        "gateway.auth.token",
                        "gateway.tls.certPath",
                        "gateway.tls.keyPath");
    }

    @Test
    void missesNoSecretThatTheEnvironmentHas() {
        var overrides =
                new ConfigOverrides(
                        Optional.empty(), Optional.empty(), Secret.of("t"), Secret.none());

        assertThat(ConfigReader.strict(Written.sources("{}"), overrides)).isEmpty();
    }

    @Test
    void seesNoDifferenceInWhatHoldsAnyway() {
        ConfigReading bare = read("{ gateway: { " + AUTH + " } }");
        ConfigReading wordy =
                read(
                        "{ gateway: { port: 18789, reload: {}, "
                                + AUTH
                                + " },"
                                + " logging: { level: null }, agents: { defaults: {} } }");

        assertThat(
                        Plan.between(bare.effective(), wordy.effective(), ConfigSchema::effect)
                                .isEmpty())
                .isTrue();
    }

    @Test
    void takesAModelByNameAloneForThePrimaryOne() {
        ConfigReading brief =
                read("{ gateway: { " + AUTH + " }, agents: { defaults: { model: 'a/b/c' } } }");
        ConfigReading full =
                read(
                        "{ gateway: { "
                                + AUTH
                                + " }, agents: { defaults: { model: { primary: 'a/b/c' } } } }");

        assertThat(brief.snapshot().agents().primary()).contains(new ModelRef("a", "b/c"));
        assertThat(brief.effective()).isEqualTo(full.effective());
    }

    @Test
    void findsFilesBesideTheConfiguration() {
        ConfigSnapshot.Tls tls =
                read("{ gateway: { "
                                + AUTH
                                + ", tls: { enabled: true, certPath: 'tls/cert.pem',"
                                + " keyPath: '/etc/key.pem' } } }")
                        .snapshot()
                        .gateway()
                        .tls()
                        .orElseThrow();

        assertThat(tls.certificate()).isEqualTo(Path.of("/etc/evergate/tls/cert.pem"));
        assertThat(tls.key()).isEqualTo(Path.of("/etc/key.pem"));
    }

    private static ConfigReading read(String text) {
        return ConfigReader.read(Written.sources(text), ConfigOverrides.NONE, 7, Optional.empty());
    }

    private static ConfigReading read(String text, ObjectNode good) {
        return ConfigReader.read(Written.sources(text), ConfigOverrides.NONE, 7, Optional.of(good));
    }

    private static ConfigSnapshot.Provider provider(ConfigSnapshot snapshot, String id) {
        return snapshot.provider(new ModelRef(id, "any")).orElseThrow();
    }

    @Test
    void refusesAWrongValueAlsoWhereAFlagStandsOverIt() {
        var overrides =
                new ConfigOverrides(
                        Optional.of(18_901), Optional.empty(), Secret.of("given"), Secret.none());

        assertThat(
                        ConfigReader.strict(
                                Written.sources("{ gateway: { port: 'eighty' } }"), overrides))
                .extracting(ConfigProblem::path)
                .containsExactly("gateway.port");
    }
}
