package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;

/** The {@code config} commands against a gateway that runs. */
class ConfigCommandsTest {
    private static final String DOCUMENT =
            """
            {"path": "/s/evergate.json", "hash": "h1", "valid": true,
             "parsed": {"gateway": {"port": 18789, "auth": {"token": "__OPENCLAW_REDACTED__"}},
                        "agents": {"list": [{"id": "a", "key": "__OPENCLAW_REDACTED__"}]}},
             "config": {"gateway": {"port": 18789, "bind": "loopback"}},
             "issues": [], "warnings": []}
            """;

    @TempDir Path home = Path.of("");
    private CommandBench bench = new CommandBench(home);
    private FakeGateway gateway;

    ConfigCommandsTest() throws IOException {
        gateway = new FakeGateway(bench.world);
    }

    @BeforeEach
    void serve() {
        bench = new CommandBench(home).serving(gateway.url());
        gateway.answers("config.get", DOCUMENT);
        gateway.on(
                "config.patch",
                (line, request) -> {
                    line.event(
                            "config.changed",
                            FakeLine.object()
                                    .put(
                                            "plan",
                                            "config 17 -> 18 by rpc: gateway.port (listener)"));
                    line.done(
                            request,
                            FakeLine.tree(
                                    "{'ok':true,'path':'/s/evergate.json','hash':'h2',"
                                            + "'changedPaths':['gateway.port']}"));
                });
    }

    @AfterEach
    void tearDown() throws IOException {
        gateway.close();
        bench.close();
    }

    @Test
    void showsOneValueOrAllOfThem() {
        assertThat(bench.run("config", "get", "gateway.port").answer()).isEqualTo("18789\n");
        assertThat(bench.run("config", "get").answer())
                .contains("\"auth\"")
                .contains("__OPENCLAW_REDACTED__");
        assertThat(json(bench.run("config", "get", "agents.list[0].id", "--json")))
                .isEqualTo(
                        tree("{'ok':true,'path':'agents.list[0].id','written':true,'value':'a'}"));
    }

    @Test
    void saysWhereAValueComesFromThatTheFileDoesNotSay() {
        gateway.answers(
                "config.schema.lookup", "{'path':'gateway.mode','schema':{'default':'local'}}");

        var overridden = bench.run("config", "get", "gateway.bind");
        var standard = bench.run("config", "get", "gateway.mode");

        assertThat(overridden.answer()).isEqualTo("loopback\n");
        assertThat(overridden.notes()).contains("the environment");
        assertThat(standard.answer()).isEqualTo("local\n");
        assertThat(standard.notes()).contains("the default");
    }

    @Test
    void saysHowToFindOutWhatAKeyMayHold() {
        gateway.answers("config.schema.lookup", "{'path':'gateway.bogus','schema':{}}");

        var result = bench.run("config", "get", "gateway.bogus");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("gateway.bogus is not set in /s/evergate.json")
                .contains("evergate config schema gateway.bogus");
    }

    @Test
    void setsAValueAndShowsThePlan() {
        var result = bench.run("config", "set", "gateway.port", "0x4966");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).isEqualTo("config 17 -> 18 by rpc: gateway.port (listener)\n");
        assertThat(gateway.calls("config.patch"))
                .containsExactly(
                        tree("{'raw':'{\\'gateway\\':{\\'port\\':18790}}','baseHash':'h1'}"));
        assertThat(scopes()).isEqualTo("[\"operator.admin\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true|true",
                "plain words|\"plain words\"",
                "0123|\"0123\"",
                "'it\\'s'|\"it's\"",
                "http://127.0.0.1:11434/v1|\"http://127.0.0.1:11434/v1\"",
                "-5|-5",
                "` `|\" \"",
            })
    void takesAValueAsJson5OrAsText(String typed, String json) {
        bench.run("config", "set", "a.b", "--", typed);

        assertThat(patch()).isEqualTo(tree("{\"a\":{\"b\":" + json + "}}"));
    }

    @Test
    void takesAsTextWhatLooksLikeANumber() {
        bench.run("config", "set", "channels.telegram.allowFrom[0]", "42", "--text");

        assertThat(patch()).isEqualTo(tree("{'channels':{'telegram':{'allowFrom':['42']}}}"));
    }

    @Test
    void readsASecretFromStandardInput() {
        bench.input = "42:AA-canary\n";

        var result = bench.run("config", "set", "channels.telegram.botToken", "-", "--text");

        assertThat(patch())
                .isEqualTo(tree("{'channels':{'telegram':{'botToken':'42:AA-canary'}}}"));
        assertThat(result.answer() + result.notes()).doesNotContain("canary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, 2", "{a: }", "'open", "null"})
    void refusesWhatWasMeantAsJson5AndIsNone(String typed) {
        var result = bench.run("config", "set", "a.b", typed);

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.notes()).containsAnyOf("--text", "config unset");
        assertThat(gateway.calls("config.patch")).isEmpty();
    }

    @Test
    void replacesAnObjectInsteadOfMergingIt() {
        bench.run("config", "set", "gateway.auth", "{mode: 'token'}");

        assertThat(patch()).isEqualTo(tree("{'gateway':{'auth':{'mode':'token'}}}"));
        assertThat(gateway.calls("config.patch").getFirst().path("replacePaths").toString())
                .isEqualTo("[\"gateway.auth\"]");
    }

    @Test
    void sendsAListWholeWithItsSecretsAsPlaceholders() {
        bench.run("config", "set", "agents.list[0].id", "b");

        assertThat(patch())
                .isEqualTo(tree("{'agents':{'list':[{'id':'b','key':'__OPENCLAW_REDACTED__'}]}}"));
    }

    @Test
    void takesAValueAway() {
        assertThat(bench.run("config", "unset", "gateway.port", "--force").exit()).isZero();

        assertThat(patch()).isEqualTo(tree("{'gateway':{'port':null}}"));
        assertThat(gateway.calls("config.patch").getFirst().path("force").asBoolean()).isTrue();
    }

    @Test
    void asksForNothingWhenNothingWouldBeDifferent() {
        assertThat(bench.run("config", "set", "gateway.port", "18789").answer())
                .contains("Nothing to change");
        assertThat(json(bench.run("config", "unset", "no.where", "--json")).path("ok").asBoolean())
                .isTrue();
        assertThat(gateway.calls("config.patch")).isEmpty();
    }

    @Test
    void triesAgainWhenSomebodyElseWasFaster() {
        int[] tries = {0};
        gateway.on(
                "config.patch",
                (line, request) -> {
                    if (++tries[0] < 3) {
                        line.refused(
                                request,
                                "INVALID_REQUEST",
                                "config changed since last load; re-run config.get and retry",
                                "");
                    } else {
                        line.done(request, FakeLine.tree("{'ok':true,'changedPaths':['a']}"));
                    }
                });

        var result = bench.run("config", "set", "a", "1");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).isEqualTo("a\n");
        assertThat(gateway.calls("config.get")).hasSize(3);
    }

    @Test
    void namesEverythingThatIsWrongWithAChange() {
        gateway.on(
                "config.patch",
                (line, request) -> {
                    ObjectNode frame =
                            FakeLine.object()
                                    .put("type", "res")
                                    .put("id", request.path("id").asString(""))
                                    .put("ok", false);
                    frame.set(
                            "error",
                            FakeLine.tree(
                                    "{'code':'INVALID_REQUEST','message':'invalid config: a: x',"
                                            + "'details':{'issues':[{'path':'a','message':'x'},"
                                            + "{'path':'b.c','message':'y'}]}}"));
                    line.text(frame.toString());
                });

        var result = bench.run("config", "patch", "{a: 1, b: {c: 2}}");

        assertThat(result.exit()).isEqualTo(78);
        assertThat(result.notes()).contains("a: x").contains("b.c: y").contains("config schema");
    }

    @Test
    void sendsAPatchAsItIsWritten() {
        bench.input = "// louder\n{logging: {level: 'debug'}}\n";

        assertThat(bench.run("config", "patch", "-", "--replace", "logging").exit()).isZero();

        JsonNode params = gateway.calls("config.patch").getFirst();
        assertThat(params.path("raw").asString()).isEqualTo(bench.input.strip());
        assertThat(params.path("replacePaths").toString()).isEqualTo("[\"logging\"]");
        assertThat(params.path("baseHash").asString()).isEqualTo("h1");
    }

    @Test
    void refusesAPatchThatIsNoJson5BeforeItAsks() {
        var result = bench.run("config", "patch", "{a: 1");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.notes()).contains("line 1, column 1");
        assertThat(gateway.calls("connect")).isEmpty();
    }

    @Test
    void validatesAndTellsByItsExitWhetherItCanBeUsed() {
        assertThat(bench.run("config", "validate").answer())
                .isEqualTo("/s/evergate.json is fine.\n");
        gateway.answers(
                "config.get",
                "{'path':'/s/e','valid':false,'issues':[{'path':'gateway.port','message':'0 (expected: more)'}],"
                        + "'warnings':[{'path':'gateway','message':'Unrecognized key: bogus'}]}");

        var result = bench.run("config", "validate");

        assertThat(result.exit()).isEqualTo(78);
        assertThat(result.answer())
                .contains("gateway.port: 0 (expected: more)")
                .contains("gateway: Unrecognized key: bogus");
    }

    @Test
    void showsWhatAKeyMayHold() {
        gateway.answers(
                "config.schema.lookup",
                "{'path':'gateway','schema':{'type':'object'},'reloadKind':'restart',"
                        + "'hint':{'help':'The gateway itself.'},'children':[{'key':'port',"
                        + "'type':'integer','minimum':1,'maximum':65535,'hint':{'help':'Where.'}}]}");

        assertThat(bench.run("config", "schema", "gateway").answer())
                .contains("The gateway itself.")
                .containsPattern("port +integer from 1 to 65535 +Where\\.");
    }

    @Test
    void listsWhatWasInForce() {
        gateway.answers(
                "config.history",
                "{'entries':[{'number':18,'ts':1,'by':'file','who':'','state':'proven',"
                        + "'plan':'gateway.port (listener)'}]}");

        assertThat(bench.run("config", "history", "--limit", "900").answer())
                .containsPattern("18 .* ago +file +proven +gateway\\.port \\(listener\\)");
        assertThat(gateway.calls("config.history").getFirst().path("limit").asInt()).isEqualTo(200);
    }

    @Test
    void showsWhatIsDifferentBetweenTwo() {
        gateway.answers(
                "config.diff",
                "{'from':17,'to':18,'changes':[{'path':'gateway.port','effect':'listener',"
                        + "'before':1,'after':2}]}");

        assertThat(bench.run("config", "diff", "17", "18").answer())
                .isEqualTo("gateway.port (listener)\n  - 1\n  + 2\n");
        assertThat(gateway.calls("config.diff")).containsExactly(tree("{'from':17,'to':18}"));
    }

    @Test
    void goesBackToAnEarlierOne() {
        gateway.answers("config.undo", "{'ok':true,'changedPaths':[],'restart':{'ok':true}}");

        var result = bench.run("config", "undo", "17");

        assertThat(result.exit()).isZero();
        assertThat(result.notes()).contains("restart");
        assertThat(gateway.calls("config.undo"))
                .containsExactly(tree("{'number':17,'baseHash':'h1'}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get",
                "set",
                "unset",
                "patch",
                "validate",
                "schema",
                "history",
                "diff",
                "undo"
            })
    void helpsWithTwoExamplesAndKnowsJson(String verb) {
        String help = bench.run("config", verb, "--help").answer();

        assertThat(help.substring(help.indexOf("Examples")).lines().filter(l -> l.startsWith("  ")))
                .hasSize(2);
        assertThat(help).contains("--json").contains("--url").contains("--token");
    }

    private JsonNode patch() {
        return tree(gateway.calls("config.patch").getLast().path("raw").asString());
    }

    private String scopes() {
        return gateway.calls("connect").getFirst().path("scopes").toString();
    }

    private static JsonNode json(CommandBench.Result result) {
        return JsonMapper.shared().readTree(result.answer());
    }

    private static JsonNode tree(String json) {
        return json.contains("\\'")
                ? JsonMapper.shared()
                        .readTree(json.replace("\\'", "\\\"").replaceAll("(?<!\\\\)'", "\""))
                : FakeLine.tree(json);
    }
}
