package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.Access;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

class CliTest {
    @TempDir static Path home = Path.of("");
    private CommandBench bench = new CommandBench(home);
    private FakeGateway gateway;

    CliTest() throws IOException {
        gateway = new FakeGateway(bench.world);
    }

    @BeforeEach
    void serve() throws IOException {
        bench.close();
        bench = new CommandBench(Files.createTempDirectory(home, "home"));
        bench.serving(gateway.url());
    }

    @AfterEach
    void tearDown() throws IOException {
        gateway.close();
        bench.close();
    }

    @Test
    void helpsWhenNothingIsSaid() {
        var result = bench.run();

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .contains("Usage: evergate COMMAND")
                .contains("gateway run")
                .contains("gateway status")
                .contains("  status ")
                .contains("health")
                .contains("logs")
                .contains("agent")
                .contains("sessions list")
                .contains("gateway call");
    }

    @Test
    void connectsAsTheCommandLineWithNoMoreThanItNeeds() {
        gateway.answers("health", "{'ok':true}");

        bench.run("health");

        JsonNode params = gateway.calls("connect").getFirst();
        assertThat(params.path("client").path("id").asString("")).isEqualTo("cli");
        assertThat(params.path("client").path("mode").asString("")).isEqualTo("cli");
        assertThat(params.path("minProtocol").asInt(0)).isEqualTo(4);
        assertThat(params.path("maxProtocol").asInt(0)).isEqualTo(4);
        assertThat(params.path("role").asString("")).isEqualTo("operator");
        assertThat(params.path("scopes").toString()).isEqualTo("[\"operator.read\"]");
        assertThat(params.has("device")).isFalse();
    }

    @Test
    void tellsHealth() {
        gateway.answers(
                "health",
                "{'ok':true,'channelOrder':[],'agents':[{'agentId':'main','isDefault':true}],"
                        + "'sessions':{'count':3,'recent':[]}}");

        var result = bench.run("health");

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .containsPattern("Gateway   ok \\(\\d+ ms\\)\n")
                .contains("Agents    main (default)\n")
                .contains("Channels  none\n")
                .contains("Sessions  3\n");
    }

    @Test
    void failsIfTheGatewayIsNotWell() {
        gateway.answers("health", "{'ok':false}");

        assertThat(bench.run("gateway", "health").exit()).isEqualTo(1);
    }

    @Test
    void givesHealthToScriptsAsItCame() {
        gateway.answers("health", "{'ok':true,'ts':5}");

        assertThat(FakeLine.tree(bench.run("health", "--json").answer()))
                .isEqualTo(FakeLine.tree("{'ok':true,'ts':5}"));
    }

    @Test
    void showsStatusOnOneScreen() {
        gateway.answers(
                        "status",
                        "{'gateway':{'phase':'running','generation':3,'ready':true,"
                                + "'failing':['store'],'uptimeMs':61000,"
                                + "'notices':['no-model','gateway.prot: unknown',"
                                + "'config 17 -> 18 by file: agents.x (next turn)']},"
                                + "'config':{'number':18}}")
                .answers(
                        "sessions.list",
                        "{'totalCount':1,'defaults':{'modelProvider':'ollama','model':'qwen3:8b'},"
                                + "'sessions':[{'key':'agent:main:main','totalTokens':1200}]}");

        var result = bench.run("status");

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .contains("Evergate 9.9.9")
                .contains("3 (pid 4711)")
                .contains("pid 4700")
                .contains("ollama/qwen3:8b")
                .containsPattern("Config +18, on probation: agents\\.x \\(next turn\\)")
                .doesNotContain("17 -> 18")
                .containsOnlyOnce("gateway.prot: unknown")
                .contains("failing: store")
                .doesNotContain("no-model")
                .contains("agent:main:main")
                .contains("1.2k");
    }

    @Test
    void listsSessions() {
        gateway.answers(
                "sessions.list",
                "{'totalCount':3,'sessions':[{'key':'agent:main:a','updatedAt':1,'label':'Plans'},"
                        + "{'key':'agent:main:b','hasActiveRun':true}]}");

        var result = bench.run("sessions", "list", "--limit", "2");

        assertThat(result.answer()).contains("agent:main:a").contains("Plans");
        assertThat(result.answer()).contains("answering now");
        assertThat(result.notes()).contains("1 more");
        assertThat(gateway.calls("sessions.list").getFirst().path("limit").asInt(0)).isEqualTo(2);
    }

    @Test
    void callsAnyMethodWithItsParameters() {
        gateway.answers("models.list", "{'models':[]}");

        var result = bench.run("gateway", "call", "models.list", "--params", "{\"view\":\"all\"}");

        assertThat(FakeLine.tree(result.answer())).isEqualTo(FakeLine.tree("{'models':[]}"));
        assertThat(gateway.calls("models.list")).containsExactly(FakeLine.tree("{'view':'all'}"));
    }

    @Test
    void asksForEverythingWhenItDoesNotKnowTheMethod() {
        var result = bench.run("gateway", "call", "no.such");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes()).isEqualTo("Unknown method: no.such.\n");
        assertThat(gateway.calls("connect").getFirst().path("scopes").toString())
                .isEqualTo("[\"operator.admin\"]");
    }

    @Test
    void refusesParametersThatAreNoObject() {
        var result = bench.run("gateway", "call", "health", "--params", "[1]");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.notes()).contains("--params [1]: it is not an object");
    }

    @Test
    void namesTheVariableThatHoldsAWrongToken() {
        bench.environment.put("EVERGATE_GATEWAY_TOKEN", "wrong-and-secret");

        var result = bench.run("health");

        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.notes())
                .contains("does not accept the secret from EVERGATE_GATEWAY_TOKEN")
                .contains("unset EVERGATE_GATEWAY_TOKEN")
                .doesNotContain("wrong-and-secret");
    }

    @Test
    void asksForTheTokenOfAGatewayThatIsNotOurs() throws IOException {
        try (var other = new FakeGateway(bench.world)) {
            var result = bench.run("health", "--url", other.url().toString());

            assertThat(result.exit()).isEqualTo(4);
            assertThat(result.notes()).contains("wants its token").contains("--token TOKEN");
        }
    }

    @Test
    void exitsWithFourWhenAScopeIsMissing() {
        gateway.on(
                "health",
                (line, request) ->
                        line.refused(
                                request,
                                "FORBIDDEN",
                                "missing scope: operator.read",
                                "MISSING_SCOPE"));

        var result = bench.run("health", "--json");

        assertThat(result.exit()).isEqualTo(4);
        JsonNode tree = FakeLine.tree(result.answer());
        assertThat(tree.path("ok").asBoolean(true)).isFalse();
        assertThat(tree.path("error").path("code").asString("")).isEqualTo("MISSING_SCOPE");
    }

    @Test
    void saysThatNothingRunsAndHowToStartIt() throws IOException {
        Files.delete(Access.fileIn(bench.state.root()));
        bench.owner = Optional.empty();

        var result = bench.run("status");

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.notes())
                .isEqualTo(
                        "Evergate is not running (looked at "
                                + bench.state.root()
                                + ").\nStart it with: evergate gateway run\n");
    }

    @Test
    void saysThatNobodyListensAtANamedAddress() throws IOException {
        gateway.close();

        var result = bench.run("health", "--url", gateway.url().toString(), "--token", "x");

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.notes()).contains("No gateway could be reached at 127.0.0.1:");
    }

    @Test
    void givesUpOnASilentGatewayInTime() {
        gateway.on("health", (_, _) -> {});

        var result = bench.run("health", "--timeout", "1s");

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.notes()).contains("no answer to health in time");
    }

    @Test
    void waitsForAGatewayThatStarts() {
        var attempts = new AtomicInteger();
        gateway.answers("health", "{'ok':true}");
        gateway.on(
                "connect",
                (line, request) -> {
                    if (attempts.incrementAndGet() < 3) {
                        line.refused(
                                request,
                                "UNAVAILABLE",
                                "gateway starting; retry shortly",
                                "startup-sidecars",
                                true);
                        line.close(1013, "gateway starting");
                    } else {
                        FakeGateway.welcome(line, request);
                    }
                });

        assertThat(bench.run("health").exit()).isZero();
        assertThat(attempts).hasValue(3);
    }

    @Test
    void refusesToSendASecretInTheClearOverANetwork() {
        var result = bench.run("health", "--url", "ws://192.0.2.1:18789", "--token", "x");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.notes()).contains("in the clear");
    }

    @Test
    void showsAKeeperWithoutAServingGateway() {
        bench.owner = Optional.of(bench.owner("booting", "another-life"));

        var result = bench.run("gateway", "status", "--json");

        assertThat(result.exit()).isEqualTo(3);
        JsonNode shown = FakeLine.tree(result.answer()).path("gateway");
        assertThat(shown.path("reachable").asBoolean(true)).isFalse();
        assertThat(shown.path("phase").asString("")).isEqualTo("booting");
    }

    @Test
    void showsWhoKeepsTheGateway() {
        var result = bench.run("gateway", "status");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).contains("serving").contains("pid 4700");
    }

    @Test
    void guessesWhatAWrongWordMeant() {
        var result = bench.run("agnt");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.notes()).contains("Did you mean: agent?");
    }

    @Test
    void listsEveryCommandOfAGroupUnlessOneIsMeant() {
        assertThat(bench.run("gateway", "--help").answer())
                .contains("run", "status", "start", "stop", "restart", "install", "uninstall")
                .contains("health", "call");
        assertThat(bench.run("gateway").answer()).contains("uninstall");
        assertThat(bench.run("gateway", "instal").notes()).contains("Did you mean: install");
    }

    @Test
    void reportsWrongArgumentsToScriptsInJson() {
        var result = bench.run("health", "--json", "--bogus");

        assertThat(result.exit()).isEqualTo(2);
        assertThat(FakeLine.tree(result.answer()).path("error").path("code").asString(""))
                .isEqualTo("BAD_ARGUMENTS");
    }

    @Test
    void showsTwoExamplesInTheHelpOfEveryCommand() {
        String[][] commands = {
            {"gateway", "run"},
            {"gateway", "status"},
            {"gateway", "start"},
            {"gateway", "stop"},
            {"gateway", "restart"},
            {"gateway", "install"},
            {"gateway", "uninstall"},
            {"gateway", "health"},
            {"gateway", "call"},
            {"status"},
            {"health"},
            {"logs"},
            {"agent"},
            {"sessions", "list"},
            {"restarts"},
            {"restarts", "list"},
            {"restarts", "show"}
        };
        for (String[] command : commands) {
            String[] words = java.util.Arrays.copyOf(command, command.length + 1);
            words[command.length] = "--help";

            var result = bench.run(words);

            assertThat(result.exit()).isZero();
            assertThat(result.answer().substring(result.answer().indexOf("Examples")))
                    .as(String.join(" ", command))
                    .hasLineCount(3);
        }
    }

    @Test
    void handsARunWithoutAKeeperOnUnread() {
        var result = bench.run("gateway", "run", "--no-keeper", "--port", "19000");

        assertThat(result.exit()).isEqualTo(42);
        assertThat(bench.runAlone)
                .containsExactly("gateway", "run", "--no-keeper", "--port", "19000");
    }

    @Test
    void showsTheLogAsLines() {
        gateway.answers(
                "logs.tail",
                "{'cursor':9,'lines':['{\\'time\\':\\'x\\',\\'level\\':\\'WARN\\',\\'message\\':\\'slow\\'}']}");

        var result = bench.run("logs", "--limit", "7");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).isEqualTo("x WARN  slow\n");
        assertThat(gateway.calls("logs.tail").getFirst().path("limit").asInt(0)).isEqualTo(7);
    }

    @Test
    void readsTheLogFilesWhenNothingRuns() throws IOException {
        Files.delete(Access.fileIn(bench.state.root()));
        bench.owner = Optional.empty();
        Files.writeString(bench.state.logs().resolve("evergate-2026-01-01.jsonl"), "{}\n");
        Files.writeString(
                bench.state.logs().resolve("evergate-2026-01-02.jsonl"),
                "{\"message\":\"one\"}\n{\"message\":\"two\"}\n");

        var result = bench.run("logs", "--limit", "1");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).contains("two").doesNotContain("one");
        assertThat(result.notes()).contains("not running");
    }

    @Test
    void keepsToTheAddressItIsGiven() throws IOException {
        try (var other = new FakeGateway(bench.world)) {
            other.answers("health", "{'ok':true}");
            URI url = other.url();

            var result = bench.run("health", "--url", url.toString(), "--token", FakeGateway.TOKEN);

            assertThat(result.exit()).isZero();
            assertThat(gateway.calls("connect")).isEmpty();
        }
    }
}
