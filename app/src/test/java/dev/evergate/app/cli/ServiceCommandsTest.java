package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.cli.service.Platform;
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
import java.util.List;
import java.util.Optional;

/** The commands around a service, on a machine whose service manager only remembers. */
class ServiceCommandsTest {
    @TempDir static Path homes = Path.of("");
    private CommandBench bench = new CommandBench(homes);

    @BeforeEach
    void newHome() throws IOException {
        bench.close();
        bench = new CommandBench(Files.createTempDirectory(homes, "home"));
    }

    @AfterEach
    void tearDown() {
        bench.close();
    }

    @Test
    void installsStartsAndSaysWhatComesNext() throws IOException {
        bench.environment.put("EVERGATE_GATEWAY_PORT", "19000");

        var result = bench.run("gateway", "install");

        assertThat(result.exit()).isZero();
        assertThat(Files.readString(bench.services.unit()))
                .contains("ExecStart=/opt/evergate/evergate gateway run --port 19000\n");
        assertThat(bench.services.commands)
                .contains(
                        "systemctl --user daemon-reload",
                        "systemctl --user enable evergate.service",
                        "systemctl --user start evergate.service");
        assertThat(result.answer())
                .contains("Wrote")
                .contains(bench.services.unit().toString())
                .contains("evergate gateway status");
    }

    @Test
    void installsTheSameTwiceWithoutTouchingAnything() throws IOException {
        bench.run("gateway", "install");
        var before = Files.getLastModifiedTime(bench.services.unit());
        bench.services.running(4700).commands.clear();

        var result = bench.run("gateway", "install", "--json");

        JsonNode tree = FakeLine.tree(result.answer());
        assertThat(tree.path("files").path(0).path("change").asString("")).isEqualTo("unchanged");
        assertThat(tree.path("service").path("mainPid").asLong(0)).isEqualTo(4700);
        assertThat(Files.getLastModifiedTime(bench.services.unit())).isEqualTo(before);
        assertThat(bench.services.commands).noneMatch(command -> command.contains(" start "));
    }

    @Test
    void showsEverythingAndDoesNothingInADryRun() {
        bench.services.isSystemdRunning = false;

        var result = bench.run("gateway", "install", "--dry-run", "--socket");

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .contains("# would write: " + bench.services.unit())
                .contains("Type=notify")
                .contains("ListenStream=127.0.0.1:18789")
                .contains("# would run: systemctl --user start evergate.socket evergate.service");
        assertThat(bench.services.unit()).doesNotExist();
        assertThat(bench.services.commands).isEmpty();
    }

    @Test
    void listensWhereTheConfigurationSays() {
        bench.config(
                "{ gateway: { port: 19007, bind: 'lan', trustedProxies: ['192.0.2.1'],"
                        + " auth: { token: 's3cret of some length' } } }");

        var result = bench.run("gateway", "install", "--dry-run", "--socket");

        assertThat(result.answer()).contains("ListenStream=0.0.0.0:19007").doesNotContain("s3cret");
    }

    @Test
    void neverWritesASecretIntoAService() throws IOException {
        bench.environment.put("EVERGATE_GATEWAY_TOKEN", "c4n4ry");

        var result = bench.run("gateway", "install");

        assertThat(Files.readString(bench.services.unit())).doesNotContain("c4n4ry");
        assertThat(result.answer() + result.notes()).doesNotContain("c4n4ry");
        assertThat(result.notes())
                .contains("EVERGATE_GATEWAY_TOKEN of this shell is not in the service")
                .contains(".env");
    }

    @Test
    void leavesAUnitThatWasChangedByHandAndEveryDropIn() throws IOException {
        bench.run("gateway", "install");
        Path unit = bench.services.unit();
        Path dropIn = Files.createDirectories(unit.resolveSibling("evergate.service.d"));
        Files.writeString(dropIn.resolve("mine.conf"), "[Service]\nNice=5\n");
        String mine = Files.readString(unit).replace("RestartSec=1", "RestartSec=9");
        Files.writeString(unit, mine);

        var refused = bench.run("gateway", "install", "--port", "1");

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(bench.run("gateway", "install", "--dry-run").answer())
                .contains("changed by hand, so only with --force");
        assertThat(refused.notes()).contains("by hand").contains("--force").contains("drop-in");
        assertThat(Files.readString(unit)).isEqualTo(mine);

        assertThat(bench.run("gateway", "install", "--port", "1", "--force").exit()).isZero();
        assertThat(Files.readString(unit)).contains("--port 1\n");
        assertThat(Files.readString(unit.resolveSibling("evergate.service.backup-1")))
                .isEqualTo(mine);

        var gone = bench.run("gateway", "uninstall");
        assertThat(gone.exit()).isZero();
        assertThat(gone.notes())
                .contains(dropIn.toString())
                .contains(bench.state.root().toString());
        assertThat(unit).doesNotExist();
        assertThat(dropIn.resolve("mine.conf")).exists();
        assertThat(bench.state.root()).exists();
    }

    @Test
    void uninstallsWhatIsNotThereQuietly() {
        var result = bench.run("gateway", "uninstall");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).contains("No service is installed");
        assertThat(bench.services.commands).isEmpty();
    }

    @Test
    void saysWhatToDoWithoutSystemd() {
        bench.services.isSystemdRunning = false;

        var result = bench.run("gateway", "install");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("systemd does not run on this machine")
                .contains("supervisord")
                .contains("evergate gateway run");
        assertThat(bench.services.unit()).doesNotExist();
    }

    @Test
    void saysWhatToDoWithoutAManagerOfOnesOwn() {
        bench.services.hasUserManager = false;

        assertThat(bench.run("gateway", "install").notes())
                .contains("loginctl enable-linger ada")
                .contains("sudo evergate gateway install --system");
    }

    @Test
    void hintsThatAServiceOfOnesOwnEndsWithTheSession() {
        bench.services.lingers = false;

        assertThat(bench.run("gateway", "install").notes())
                .contains("sudo loginctl enable-linger ada");
    }

    @Test
    void installsForTheMachineOnlyAsItsAdministrator() throws IOException {
        assertThat(bench.run("gateway", "install", "--system").exit()).isEqualTo(4);

        bench.services.uid = 0;
        assertThat(bench.run("gateway", "install", "--system").notes()).contains("--run-as NAME");
        assertThat(bench.run("gateway", "install", "--system", "--run-as", "eve").notes())
                .contains("no account eve");

        bench.services.sudoer = Optional.of("bob");
        assertThat(bench.run("gateway", "install", "--system").exit()).isZero();
        assertThat(
                        Files.readString(
                                bench.services
                                        .root()
                                        .resolve("etc/systemd/system/evergate.service")))
                .contains("User=bob\n")
                .contains("/bob/.evergate/.env\n");
        assertThat(bench.services.commands).contains("systemctl start evergate.service");
    }

    @Test
    void showsWhatTheManagerSaidWhenItFails() {
        bench.services.answering("systemctl --user start", 1, "Job for evergate.service failed.\n");

        var result = bench.run("gateway", "install");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("systemctl --user start evergate.service failed with 1")
                .contains("Job for evergate.service failed.")
                .contains("journalctl --user -u evergate.service -e");
    }

    @Test
    void refusesWhatNoServiceFileCanCarry() {
        assertThat(bench.run("gateway", "install", "--bind", "a\nExecStart=b").exit()).isEqualTo(2);
        assertThat(bench.run("gateway", "install", "--port", "70000").exit()).isEqualTo(2);
        assertThat(bench.run("gateway", "install", "--run-as", "bob").exit()).isEqualTo(2);
        bench.services.kind = Platform.Kind.MAC;
        assertThat(bench.run("gateway", "install", "--socket").notes()).contains("only systemd");
        bench.services.kind = Platform.Kind.OTHER;
        assertThat(bench.run("gateway", "install").notes()).contains("EVERGATE_SUPERVISED=1");
    }

    @Test
    void namesAnotherOwnerTheServiceWaitsFor() {
        bench.owner = Optional.of(bench.owner("serving", FakeGateway.INSTANCE));
        bench.services.running(99);

        assertThat(bench.run("gateway", "install").notes())
                .contains("Process 4700 keeps this state directory already");
    }

    @Test
    void startsTheServiceOrSaysHowToGetOne() {
        var none = bench.run("gateway", "start");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.notes())
                .contains("evergate gateway install")
                .contains("evergate gateway run");

        bench.run("gateway", "install", "--no-start");
        assertThat(bench.services.commands).noneMatch(command -> command.contains(" start "));
        assertThat(bench.run("gateway", "start").exit()).isZero();
        assertThat(bench.services.commands).contains("systemctl --user start evergate.service");

        bench.owner = Optional.of(bench.owner("serving", FakeGateway.INSTANCE));
        assertThat(bench.run("gateway", "start").answer()).contains("runs already");
    }

    @Test
    void stopsThroughTheServiceManagerWhatItWouldStartAgain() {
        bench.run("gateway", "install");
        bench.services.running(4700);

        assertThat(bench.run("gateway", "stop", "--json").answer())
                .contains("\"by\" : \"systemd\"");
        assertThat(bench.services.commands).contains("systemctl --user stop evergate.service");
        assertThat(bench.wishes).isEmpty();
    }

    @Test
    void stopsThroughTheKeeperWhatNoServiceStarted() {
        bench.run("gateway", "install", "--no-start");
        bench.owner = Optional.of(bench.owner("serving", FakeGateway.INSTANCE));

        assertThat(bench.run("gateway", "stop").answer()).contains("Stopped.");
        assertThat(bench.wishes).extracting(Wish::kind).containsExactly(Wish.Kind.STOP);
        assertThat(bench.services.commands).noneMatch(command -> command.contains(" stop "));
        assertThat(bench.run("gateway", "stop").answer()).contains("Nothing runs");
    }

    @Test
    void givesThePortBackThatSystemdHoldsForAServiceThatIsDown() {
        bench.run("gateway", "install", "--socket");
        bench.services.commands.clear();

        assertThat(bench.run("gateway", "stop").exit()).isZero();
        assertThat(bench.services.commands)
                .contains("systemctl --user stop evergate.socket evergate.service");
    }

    @Test
    void leavesTheServiceOfAnotherStateDirectoryAlone() {
        bench.run("gateway", "install");
        bench.services.running(4700).commands.clear();

        var result = bench.run("gateway", "stop", "--state-dir", "/tmp/another");

        assertThat(result.answer()).contains("Nothing runs on /tmp/another");
        assertThat(bench.services.commands).isEmpty();
    }

    @Test
    void restartsThroughTheKeeperEvenWithAService() {
        bench.run("gateway", "install");
        bench.services.running(4700).commands.clear();
        bench.owner = Optional.of(bench.owner("serving", FakeGateway.INSTANCE));

        var result = bench.run("gateway", "restart", "--wait", "--json");

        assertThat(result.exit()).isZero();
        JsonNode tree = FakeLine.tree(result.answer());
        assertThat(tree.path("by").asString("")).isEqualTo("keeper");
        assertThat(tree.path("generation").asLong(0)).isEqualTo(4);
        assertThat(tree.path("previousGeneration").asLong(0)).isEqualTo(3);
        assertThat(bench.wishes).extracting(Wish::kind).containsExactly(Wish.Kind.RESTART);
        assertThat(bench.services.commands).isEmpty();
    }

    @Test
    void saysWhyNothingWasReplaced() {
        bench.owner = Optional.of(bench.owner("serving", FakeGateway.INSTANCE));
        bench.news =
                wish ->
                        List.of(
                                new News.Settled(
                                        new Outcome(
                                                wish.requestId(),
                                                false,
                                                3,
                                                "the gateway is stopping")));

        var result = bench.run("gateway", "restart");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes()).contains("Nothing was replaced: the gateway is stopping.");
    }

    @Test
    void restartsThroughTheServiceManagerOnlyWhenNoKeeperAnswers() {
        assertThat(bench.run("gateway", "restart").exit()).isEqualTo(3);

        bench.run("gateway", "install");
        assertThat(bench.run("gateway", "restart").exit()).isZero();
        assertThat(bench.services.commands).contains("systemctl --user restart evergate.service");
    }

    @Test
    void showsTheServiceBesideTheGateway() throws IOException {
        bench.run("gateway", "install");
        bench.services.running(4700);
        try (var gateway = new FakeGateway(bench.world)) {
            bench.serving(gateway.url());

            var text = bench.run("gateway", "status");
            JsonNode tree = FakeLine.tree(bench.run("gateway", "status", "--json").answer());

            assertThat(text.exit()).isZero();
            assertThat(text.answer())
                    .contains(
                            "evergate.service (systemd, user, enabled), active (running), pid 4700")
                    .contains("restarts: 2")
                    .contains("generation 3 serves");
            assertThat(tree.path("service").path("installed").asBoolean(false)).isTrue();
            assertThat(tree.path("gateway").path("keeperPid").asLong(0)).isEqualTo(4700);
        }
    }

    @Test
    void showsTheServiceOfAGatewayThatDoesNotRun() {
        bench.run("gateway", "install");
        bench.services.answering(
                "systemctl --user show",
                0,
                "ActiveState=failed\nResult=exit-code\nExecMainStatus=78\nUnitFileState=enabled\n");

        var text = bench.run("gateway", "status");
        var json = bench.run("gateway", "status", "--json");

        assertThat(text.exit()).isEqualTo(3);
        assertThat(text.answer()).contains("failed (exit-code, status 78)");
        assertThat(text.notes()).contains("evergate gateway start");
        assertThat(json.exit()).isEqualTo(3);
        assertThat(FakeLine.tree(json.answer()).path("error").path("code").asString(""))
                .isEqualTo("NOT_RUNNING");
        assertThat(FakeLine.tree(json.answer()).path("service").path("active").asString(""))
                .startsWith("failed");
    }

    @Test
    void installsOnAMacAndOnWindowsByTheirOwnMeans() throws IOException {
        bench.services.kind = Platform.Kind.MAC;
        assertThat(bench.run("gateway", "install").exit()).isZero();
        assertThat(bench.services.commands)
                .contains("launchctl kickstart gui/1000/dev.evergate.gateway");

        bench.services.kind = Platform.Kind.WINDOWS;
        assertThat(bench.run("gateway", "install").exit()).isZero();
        assertThat(Files.readAllBytes(bench.state.root().resolve("service/evergate-task.xml")))
                .startsWith(0xFF, 0xFE);
    }
}
