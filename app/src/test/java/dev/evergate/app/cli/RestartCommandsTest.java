package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.Access;
import dev.evergate.keeper.link.News;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Wish;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code evergate gateway restart} and {@code evergate restarts}. */
class RestartCommandsTest {
    private static final String COMMITTED =
            """
            {'generation':8,'from':7,'cause':'new code','result':'committed','why':'',
             'requestedAt':1000,'totalMs':1240,'committedAfterMs':600,
             'steps':[{'name':'launch','tookMs':300},{'name':'handOver','tookMs':90}],
             'requests':3,'moved':12,'cut':0,'turns':2,
             'details':{'stragglers':'','fromVersion':'1.0','toVersion':'1.1'}}""";
    private static final String ABORTED =
            """
            {'generation':7,'from':6,'cause':'SIGUSR2','result':'aborted',
             'why':'generation 7 cannot serve: no','requestedAt':1000,'totalMs':900,'steps':[],
             'details':{'stragglers':'generation 7: killed'}}""";

    @TempDir static Path home = Path.of("");
    private CommandBench bench = new CommandBench(home);
    private FakeGateway gateway;

    RestartCommandsTest() throws IOException {
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
    void comesBackWhenTheRestartIsAskedFor() {
        var result = bench.run("gateway", "restart");

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .isEqualTo(
                        "Asked for; generation 3 serves until another one has proven itself. How it"
                                + " went: evergate restarts\n");
        assertThat(result.notes()).isEmpty();
        assertThat(bench.wishes).extracting(Wish::kind).containsExactly(Wish.Kind.RESTART);

        JsonNode tree = FakeLine.tree(bench.run("gateway", "restart", "--json").answer());
        assertThat(tree.path("ok").asBoolean(false)).isTrue();
        assertThat(tree.path("phase").asString("")).isEqualTo("rehearsing");
        assertThat(tree.path("generation").asLong(0)).isEqualTo(3);
    }

    @Test
    void showsEachStepAndWhatMoved() {
        var result = bench.run("gateway", "restart", "--wait");

        assertThat(result.exit()).isZero();
        assertThat(result.notes().lines().map(line -> line.replaceFirst("^ *\\+\\d+ ms  ", "")))
                .containsExactly(
                        "the next generation starts and rehearses; generation 3 serves",
                        "generation 3 hands over",
                        "generation 4 serves; the one before ends its answers",
                        "generation 4 serves");
        assertThat(result.answer())
                .matches(
                        "Generation 4 serves \\(before: 3\\), after \\d+ ms; 12 connections moved,"
                                + " 1 cut, 2 running answers kept\\. Keeper pid 4700 stayed\\.\n");
    }

    @Test
    void givesTheReportToScripts() {
        JsonNode tree = FakeLine.tree(bench.run("gateway", "restart", "--wait", "--json").answer());

        assertThat(tree.path("previousGeneration").asLong(0)).isEqualTo(3);
        assertThat(tree.at("/report/generation").asLong(0)).isEqualTo(4);
        assertThat(tree.at("/report/moved").asLong(0)).isEqualTo(12);
        assertThat(tree.at("/report/steps/0/name").asString("")).isEqualTo("launch");
    }

    @Test
    void saysWhyNothingHappenedAndWhoServesOn() {
        bench.news =
                wish ->
                        List.of(
                                bench.now("rehearsing", 3),
                                bench.now("aborting", 3),
                                new News.Settled(
                                        new Outcome(
                                                wish.requestId(),
                                                false,
                                                3,
                                                "it cannot open the store; generation 3 serves"
                                                        + " on")),
                                new News.Reported(Map.of("to", "4", "result", "aborted")));

        var result = bench.run("gateway", "restart", "--wait");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("the next generation has failed; generation 3 goes on\n")
                .endsWith(
                        """
                        Nothing was replaced: it cannot open the store; generation 3 serves on.
                        All about it: evergate restarts show 4
                        """);
    }

    @Test
    void doesNotWaitForAReportThatNobodySends() {
        bench.news =
                wish ->
                        List.of(
                                bench.now("booting", 4),
                                new News.Settled(new Outcome(wish.requestId(), true, 4, "")),
                                bench.now("serving", 4));

        assertThat(bench.run("gateway", "restart", "--wait").answer())
                .containsPattern("Generation 4 serves \\(before: 3\\), after \\d+ ms\\. Keeper");
    }

    @Test
    void saysSoWhenItIsNotOverInTime() {
        bench.news = _ -> List.of(bench.now("rehearsing", 3));

        var result = bench.run("gateway", "restart", "--wait", "--timeout", "50ms");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("not over in time; it goes on (rehearsing)")
                .contains("evergate restarts");
    }

    @Test
    void believesAnOutcomeAlthoughTheKeeperEndsThen() {
        bench.keeperEnds = true;
        bench.news = wish -> List.of(new News.Settled(new Outcome(wish.requestId(), true, 4, "")));

        assertThat(bench.run("gateway", "restart", "--wait").exit()).isZero();

        bench.news = _ -> new ArrayList<>(List.of(bench.now("rehearsing", 3)));
        var lost = bench.run("gateway", "restart", "--wait", "--json");
        assertThat(lost.exit()).isEqualTo(1);
        assertThat(FakeLine.tree(lost.answer()).at("/error/code").asString(""))
                .isEqualTo("RESTART_UNKNOWN");
    }

    @Test
    void asksAGatewayWithoutAKeeperItself() {
        bench.owner = Optional.empty();
        gateway.answers("gateway.restart.request", "{'ok':true,'restart':{'pid':4711}}");

        var result = bench.run("gateway", "restart", "--json");

        assertThat(result.exit()).as(result.notes()).isZero();
        JsonNode tree = FakeLine.tree(result.answer());
        assertThat(tree.path("by").asString("")).isEqualTo("gateway");
        assertThat(tree.path("pid").asLong(0)).isEqualTo(4711);
        assertThat(gateway.calls("connect").getFirst().path("scopes").toString())
                .isEqualTo("[\"operator.admin\"]");
    }

    @Test
    void listsRestarts() {
        gateway.answers("restarts.list", "{'restarts':[" + COMMITTED + "," + ABORTED + "]}");

        var result = bench.run("restarts");

        assertThat(result.exit()).isZero();
        assertThat(result.answer().lines().map(line -> line.replaceAll(" +", " ")))
                .element(1)
                .asString()
                .matches("7 → 8 .* ago committed 600 ms 12 0 new code");
        assertThat(result.answer()).containsPattern("6 → 7 .* aborted +900 ms +- +- +SIGUSR2");
        assertThat(result.notes()).contains("evergate restarts show GENERATION");
        assertThat(gateway.calls("restarts.list").getFirst().path("limit").asInt(0)).isEqualTo(10);
        assertThat(gateway.calls("connect").getFirst().path("scopes").toString())
                .isEqualTo("[\"operator.read\"]");

        bench.run("restarts", "list", "-n", "3", "--json");
        assertThat(gateway.calls("restarts.list").getLast().path("limit").asInt(0)).isEqualTo(3);
    }

    @Test
    void showsOneWhole() {
        gateway.answers("restarts.get", "{'restart':" + COMMITTED + "}");

        var result = bench.run("restarts", "show", "8");

        assertThat(result.answer())
                .startsWith("Restart in 600 ms  ")
                .contains("  because     new code\n")
                .contains("  result      generation 8 serves instead of 7\n")
                .contains("  steps       launch 300 ms, hand over 90 ms\n")
                .contains("  moved       12 connections, none cut\n")
                .contains("  answers     2 ran on in the old generation\n")
                .contains("  version     1.1 instead of 1.0\n")
                .doesNotContain("stragglers");
        assertThat(gateway.calls("restarts.get"))
                .containsExactly(FakeLine.tree("{'generation':8}"));
    }

    @Test
    void showsWhyOneWasOff() {
        gateway.answers("restarts.get", "{'restart':" + ABORTED + "}");

        assertThat(bench.run("restarts", "show", "7").answer())
                .startsWith("Restart that did not happen, after 900 ms  ")
                .contains(
                        "nothing was replaced: generation 7 cannot serve: no; generation 6 served"
                                + " on\n")
                .contains("  steps       none was over\n")
                .contains("  stragglers  generation 7: killed\n");
    }

    @Test
    void saysThatThereIsNoSuchRestart() {
        gateway.answers("restarts.get", "{'restart':null}").answers("restarts.list", "{}");

        var missing = bench.run("restarts", "show", "9");

        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.notes()).contains("No restart to generation 9 is known");
        assertThat(bench.run("restarts", "show", "0").exit()).isEqualTo(2);
        assertThat(bench.run("restarts", "show", "x").exit()).isEqualTo(2);
        assertThat(bench.run("restarts").answer()).contains("No restart yet");
    }

    @Test
    void saysThatNothingRunsAndHowToStartIt() throws IOException {
        Files.delete(Access.fileIn(bench.state.root()));
        bench.owner = Optional.empty();

        for (String[] words : new String[][] {{"restarts"}, {"restarts", "show", "8"}}) {
            var result = bench.run(words);

            assertThat(result.exit()).isEqualTo(3);
            assertThat(result.notes())
                    .contains("not running")
                    .contains("Start it with: evergate gateway run");
        }
        assertThat(bench.run("gateway", "restart").exit()).isEqualTo(3);
    }

    @Test
    void statusNamesTheLastRestart() {
        gateway.answers("status", "{}").answers("sessions.list", "{}");
        assertThat(bench.run("status").answer()).doesNotContain("Restart");

        gateway.answers("restarts.list", "{'restarts':[" + COMMITTED + "]}");
        assertThat(bench.run("status").answer())
                .containsPattern("Restart +.* ago, committed in 600 ms \\(new code\\)\n");
        assertThat(
                        FakeLine.tree(bench.run("status", "--json").answer())
                                .at("/lastRestart/generation")
                                .asInt(0))
                .isEqualTo(8);

        gateway.answers("restarts.list", "{'restarts':[" + ABORTED + "]}");
        assertThat(bench.run("status").answer())
                .contains("aborted (SIGUSR2): generation 7 cannot serve: no\n");
    }

    @Test
    void helpsWithTheGroupAsWithItsParts() {
        assertThat(bench.run("restarts", "--help").answer()).contains("list").contains("show");
        assertThat(bench.run("restarts", "sow").exit()).isEqualTo(2);
    }
}
