package dev.evergate.core.config.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.plan.Change;
import dev.evergate.core.config.plan.Effect;
import dev.evergate.core.config.plan.Plan;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/** What holds for every key there is. */
class ConfigSchemaTest {
    static List<Key> keys() {
        return ConfigSchema.keys();
    }

    @Test
    void saysOneLineOfEveryKey() {
        assertThat(keys())
                .hasSizeGreaterThan(200)
                .allSatisfy(
                        key ->
                                assertThat(key.meaning())
                                        .as(key.pattern())
                                        .matches("[A-Z\"].{5,88}[^.]")
                                        .doesNotContain("\n", "|"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void namesExactlyTheKeyThatWasChangedWithItsEffect(Key key) {
        ConfigReading before = read(Samples.with(key, Samples.first(key.type())));
        ConfigReading after = read(Samples.with(key, Samples.second(key.type())));

        Plan plan = Plan.between(before.effective(), after.effective(), ConfigSchema::effect);

        assertThat(before.problems()).isEmpty();
        assertThat(after.problems()).isEmpty();
        ConfigPath changed = changed(key);
        Effect effect = key.pattern().contains("[]") ? ConfigSchema.effect(changed) : key.effect();
        assertThat(plan.changes()).containsExactly(new Change(changed, effect));
    }

    /** Lists change as a whole, and a short form is what it is short for. */
    private static ConfigPath changed(Key key) {
        ConfigPath at = ConfigPath.ROOT;
        for (Step step : Samples.place(key.pattern()).steps()) {
            if (step instanceof Step.Index) {
                return at;
            }
            at = at.child(((Step.Name) step).name());
        }
        boolean isShort =
                ConfigSchema.TREE.at(at).orElseThrow().named().containsKey(KeyTree.SHORT_FOR);
        return isShort ? at.child(KeyTree.SHORT_FOR) : at;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void usesWhatItSaysItUses(Key key) {
        if (key.pattern().startsWith("secrets.")) {
            return; // used when files are read, before there are values
        }
        ConfigSnapshot before = read(Samples.with(key, Samples.first(key.type()))).snapshot();
        ConfigSnapshot after = read(Samples.with(key, Samples.second(key.type()))).snapshot();

        if (key.isUsed()) {
            assertThat(after).isNotEqualTo(before);
        } else {
            assertThat(after).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    @Tag("I34")
    void keepsWhatWasGoodWhenAValueIsWrong(Key key) {
        ObjectNode good = read(Samples.with(key, Samples.first(key.type()))).effective();

        for (JsonNode wrong : Samples.wrong(key.type())) {
            ConfigReading reading =
                    ConfigReader.read(
                            Written.sources(Samples.with(key, wrong)),
                            ConfigOverrides.NONE,
                            2,
                            Optional.of(good));

            assertThat(reading.effective()).isEqualTo(good);
            assertThat(reading.problems())
                    .first()
                    .extracting(ConfigProblem::path)
                    .asString()
                    .startsWith(Samples.place(key.pattern()).toString());
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void tellsOfEveryKeyWhatAFormNeeds(Key key) {
        ObjectNode answer = ConfigSchema.lookup(key.pattern()).orElseThrow();

        assertThat(answer.propertyNames())
                .containsExactly("path", "schema", "reloadKind", "hint", "hintPath", "children");
        assertThat(answer.path("hintPath").stringValue()).isEqualTo(key.pattern());
        assertThat(answer.path("hint").path("help").stringValue()).startsWith(key.meaning());
        assertThat(ConfigSchema.uiHints().path(key.pattern())).isEqualTo(answer.path("hint"));
        assertThat(answer.path("hint").path("sensitive").asBoolean(false))
                .isEqualTo(key.isSecret());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void hidesASecretWhateverItIs(Key key) {
        ConfigPath place = Samples.place(key.pattern());
        ObjectNode tree = Samples.with(key, Samples.second(key.type()));

        JsonNode shown = place.find(ConfigSchema.redacted(tree));

        if (key.isSecret()) {
            assertThat(shown.stringValue()).isEqualTo(ConfigSchema.REDACTED);
        } else {
            assertThat(shown).isEqualTo(place.find(tree));
        }
        assertThat(ConfigSchema.isSecret(place)).isEqualTo(key.isSecret());
    }

    @Test
    void takesAnotherProcessForTheJavaMachineAlone() {
        assertThat(keys())
                .filteredOn(key -> key.effect() == Effect.RESTART)
                .extracting(Key::pattern)
                .containsExactly("jvm.maxHeapMb", "jvm.options");
    }

    @Test
    void takesNothingForWhatNobodyKnows() {
        assertThat(ConfigSchema.effect(ConfigPath.parse("bogus.key"))).isEqualTo(Effect.AT_ONCE);
        assertThat(ConfigSchema.effect(ConfigPath.parse("jvm.bogus"))).isEqualTo(Effect.AT_ONCE);
        assertThat(ConfigSchema.effect(ConfigPath.parse("jvm.options[0]")))
                .isEqualTo(Effect.RESTART);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:OnError=rm",
                "-XX:OnOutOfMemoryError=rm",
                "-XX:VMOptionsFile=x",
                "-XX:Flags=x",
                "-XX:HeapDumpPath=x",
                "-XX:+UseSerialGC\n-version",
                "-Xss1m -version",
                "-javaagent:x.jar",
                "-agentpath:x",
                "-Xbootclasspath/a:x",
                "-Xlog:all:file=x",
                "-Xmx1g",
                "-Djava.library.path=x",
                "-Duser.timezone=a\"b",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "@file",
                "-cp",
                "-version",
            })
    void letsNobodyStartTheProgramOtherwise(String option) {
        ValueType options =
                ConfigSchema.TREE
                        .at(ConfigPath.parse("jvm.options"))
                        .flatMap(KeyTree::key)
                        .orElseThrow()
                        .type();

        assertThat(options.accepts(Written.tree("{}").putArray("a").add(option))).isFalse();
        assertThat(options.accepts(Written.tree("{ a: ['-Xss1m', '-XX:+UseG1GC'] }").get("a")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ gateway: { auth: { token: 'c4n4ry' } } }",
                "{ gateway: { auth: { token: 4711424242, sharedSecret: 'c4n4ry' } } }",
                "{ gateway: { auth: [ { token: 'c4n4ry' } ] } }",
                "{ channels: { discord: { token: 'c4n4ry', accounts: { a: { token: 'c4n4ry' } } } } }",
                "{ bogus: [ { apiKey: 'c4n4ry', headers: { Cookie: 'c4n4ry' } } ] }",
                "{ bogus: { credentials: { user: 'c4n4ry', list: ['c4n4ry'] } } }",
                "{ models: { providers: { a: { baseUrl: 'http://me:c4n4ry@host/v1' } } } }",
                "{ channels: { telegram: { proxy: 'socks5://me:c4n4ry@host:1' } } }",
                "{ gateway: { auth: { token: { source: 'plain', id: 'c4n4ry' } } } }",
                "{ gateway: { auth: { token: '${A}c4n4ry' } } }",
            })
    void hidesWhatLooksLikeASecret(String text) {
        assertThat(ConfigSchema.redacted(Written.tree(text)).toString())
                .contains(ConfigSchema.REDACTED)
                .doesNotContain("c4n4ry", "4711424242");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ gateway: { auth: { token: '${EVERGATE_TOKEN}', password: '' } } }",
                "{ gateway: { auth: { token: { source: 'env', provider: 'p', id: 'A' } } } }",
                "{ agents: { defaults: { compaction: { keepRecentTokens: 7 } } } }",
                "{ bogus: { maxTokens: 5, tokens: 'many', sourceUrl: 'http://host/@x' } }",
            })
    void showsWhatIsNoSecret(String text) {
        ObjectNode tree = Written.tree(text);

        assertThat(ConfigSchema.redacted(tree)).isEqualTo(tree);
    }

    @Test
    void answersALookupAsTheProtocolDoes() {
        ObjectNode port = ConfigSchema.lookup("gateway.port").orElseThrow();
        ObjectNode jvm = ConfigSchema.lookup("jvm").orElseThrow();
        ObjectNode key = ConfigSchema.lookup("models.providers.openai.apiKey").orElseThrow();

        assertThat(port.toString())
                .isEqualTo(
                        Written.tree(
                                        """
                                        { path: 'gateway.port',
                                          schema: { type: 'integer', minimum: 1, maximum: 65535,
                                            title: 'Gateway Port',
                                            description: 'TCP port of everything that is served.',
                                            default: 18789 },
                                          reloadKind: 'hot',
                                          hint: { label: 'Gateway Port',
                                            help: 'TCP port of everything that is served.',
                                            group: 'Gateway', advanced: false },
                                          hintPath: 'gateway.port', children: [] }
                                        """)
                                .toString());
        assertThat(jvm.path("reloadKind").stringValue()).isEqualTo("restart");
        assertThat(
                        jvm.path("children")
                                .valueStream()
                                .map(child -> child.path("path").stringValue()))
                .containsExactly("jvm.maxHeapMb", "jvm.options");
        assertThat(key.path("hintPath").stringValue()).isEqualTo("models.providers.*.apiKey");
        assertThat(key.path("hint").path("sensitive").booleanValue()).isTrue();
        assertThat(ConfigSchema.lookup("bindings.0.agentId")).isPresent();
        assertThat(ConfigSchema.lookup(".").orElseThrow().path("path").stringValue())
                .isEqualTo(".");
        assertThat(ConfigSchema.lookup("gateway.bogus")).isEmpty();
        assertThat(ConfigSchema.lookup("gateway..port")).isEmpty();
    }

    @Test
    void saysTheKeysAsJsonSchema() {
        ObjectNode schema = ConfigSchema.jsonSchema();

        JsonNode providers = schema.at("/properties/models/properties/providers");
        assertThat(schema.path("additionalProperties").booleanValue()).isFalse();
        assertThat(providers.at("/additionalProperties/required/0").stringValue())
                .isEqualTo("baseUrl");
        assertThat(
                        providers
                                .at(
                                        "/additionalProperties/properties/models/items/properties/id/type")
                                .stringValue())
                .isEqualTo("string");
        assertThat(schema.at("/properties/agents/properties/defaults/properties/model/anyOf"))
                .hasSize(2);
    }

    @Test
    void declaresNoKeyWithoutAnEffectOrWithAnImpossibleDefault() {
        assertThatThrownBy(() -> Keys.in("a").key("b", Types.flag(), "B"))
                .hasMessage("a.b: no effect");
        assertThatThrownBy(
                        () ->
                                Keys.in("a")
                                        .takes(Effect.AT_ONCE)
                                        .key("b", Types.whole(1, 2), 3, "B"))
                .hasMessage("a.b: 3 (expected: a whole number from 1 to 2)");
        assertThatThrownBy(
                        () ->
                                KeyTree.of(
                                        List.of(
                                                Keys.in("a")
                                                        .takes(Effect.AT_ONCE)
                                                        .key("{b,b}", Types.flag(), "B"))))
                .hasMessage("a.b is declared twice");
    }

    private static ConfigReading read(ObjectNode tree) {
        return ConfigReader.read(Written.sources(tree), ConfigOverrides.NONE, 1, Optional.empty());
    }

    @Test
    void hidesASecretThatSlippedToWhereSomethingElseBelongs() throws Exception {
        JsonNode slipped =
                JsonMapper.shared()
                        .readTree(
                                """
                                { "models": { "providers": { "apiKey": "canary", "token": ["canary"] } },
                                  "gateway": { "auth": { "token": { "deep": "canary" } } } }
                                """);

        assertThat(ConfigSchema.redacted(slipped).toString()).doesNotContain("canary");
    }
}
