package dev.evergate.app.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.evergate.app.cli.service.InstallPlan.Change;
import dev.evergate.app.cli.service.InstallPlan.What;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class InstallPlanTest {
    private static final Path UNIT = Path.of("/srv/ada/.config/systemd/user/evergate.service");
    private static final Path SOCKET = Path.of("/srv/ada/.config/systemd/user/evergate.socket");

    private final Map<Path, String> disk = new HashMap<>();

    @Test
    void writesEnablesAndStartsWhatIsNotThere() {
        InstallPlan plan = install(Samples.plain(), false, false);

        assertThat(plan.changes()).extracting(Change::what).containsExactly(What.CREATED);
        assertThat(texts(plan.after()))
                .containsExactly(
                        "systemctl --user daemon-reload",
                        "systemctl --user enable evergate.service",
                        "systemctl --user start evergate.service");
    }

    @Test
    void changesNothingTheSecondTime() {
        disk.put(UNIT, unit(Samples.plain()));

        InstallPlan plan = install(Samples.plain(), true, false);

        assertThat(plan.isForLater()).isFalse();
        assertThat(texts(plan.after())).noneMatch(command -> command.contains(" start "));
    }

    @Test
    void rewritesWhatAnotherReleaseWroteWithoutInterruptingIt() {
        disk.put(UNIT, unit(Samples.spec("/opt/old/evergate", "/srv/ada/.evergate", List.of())));

        InstallPlan plan = install(Samples.plain(), true, false);

        assertThat(plan.changes()).extracting(Change::what).containsExactly(What.UPDATED);
        assertThat(plan.changes().getFirst().backup()).isEmpty();
        assertThat(texts(plan.after())).noneMatch(command -> command.contains("start"));
    }

    @Test
    void leavesAFileThatWasChangedByHandUnlessItIsForced() {
        disk.put(UNIT, unit(Samples.plain()).replace("RestartSec=1", "RestartSec=9"));
        disk.put(UNIT.resolveSibling("evergate.service.backup-1"), "older");

        assertThatThrownBy(() -> install(Samples.plain(), false, false))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining(UNIT.toString());

        InstallPlan forced = install(Samples.plain(), false, true);
        assertThat(forced.changes().getFirst().what()).isEqualTo(What.UPDATED);
        assertThat(forced.changes().getFirst().backup())
                .contains(UNIT.resolveSibling("evergate.service.backup-2"));
    }

    @Test
    void leavesAFileOfSomebodyElseUnlessItIsForced() {
        disk.put(UNIT, "[Service]\nExecStart=/opt/mine\n");

        assertThatThrownBy(() -> InstallPlan.uninstall(systemd(false), this::text, false))
                .isInstanceOf(ServiceFailure.class);
        assertThat(
                        InstallPlan.uninstall(systemd(false), this::text, true)
                                .changes()
                                .getFirst()
                                .backup())
                .isPresent();
    }

    @Test
    void takesTheSocketAwayWhenItIsNotWantedAnyMore() {
        ServiceSpec special = Samples.special();
        systemd(true).files(special).forEach(file -> disk.put(file.path(), file.text()));

        InstallPlan plan = install(Samples.plain(), true, false);

        assertThat(texts(plan.before()))
                .containsExactly("systemctl --user disable --now evergate.socket");
        assertThat(texts(plan.after()))
                .as("the service, which went with its socket, comes back")
                .contains("systemctl --user start evergate.service");
        assertThat(plan.changes())
                .extracting(Change::path, Change::what)
                .containsExactly(tuple(UNIT, What.UPDATED), tuple(SOCKET, What.REMOVED));
    }

    @Test
    void stopsDisablesAndRemovesTheSocketFirst() {
        systemd(true).files(Samples.special()).forEach(file -> disk.put(file.path(), file.text()));

        InstallPlan plan = InstallPlan.uninstall(systemd(true), this::text, false);

        assertThat(texts(plan.before()))
                .containsExactly("systemctl --user disable --now evergate.socket evergate.service");
        assertThat(plan.changes()).extracting(Change::path).containsExactly(UNIT, SOCKET);
        assertThat(texts(plan.after()).getFirst()).isEqualTo("systemctl --user daemon-reload");
    }

    @Test
    void drivesLaunchdAndTheTaskSchedulerByTheirOwnCommands() {
        var launchd = Launchd.of(Samples.platform(Platform.Kind.MAC), Scope.USER);
        var tasks = TaskScheduler.of(Path.of("/srv/ada/.evergate"), Scope.USER);

        assertThat(texts(launchd.start()))
                .containsExactly(
                        "launchctl enable gui/1000/dev.evergate.gateway",
                        "launchctl bootstrap gui/1000"
                                + " /srv/ada/Library/LaunchAgents/dev.evergate.gateway.plist",
                        "launchctl kickstart gui/1000/dev.evergate.gateway");
        assertThat(texts(launchd.stop()))
                .containsExactly("launchctl bootout gui/1000/dev.evergate.gateway");
        assertThat(texts(launchd.restart()))
                .containsExactly("launchctl kill SIGUSR1 gui/1000/dev.evergate.gateway");
        assertThat(texts(tasks.takeUp(true)))
                .containsExactly(
                        "schtasks /Create /F /TN Evergate /XML"
                                + " /srv/ada/.evergate/service/evergate-task.xml",
                        "schtasks /Run /TN Evergate");
        assertThat(texts(tasks.giveUp()))
                .containsExactly("schtasks /End /TN Evergate", "schtasks /Delete /F /TN Evergate");
    }

    @Test
    void readsWhatManagersSay() {
        var launchd = Launchd.of(Samples.platform(Platform.Kind.MAC), Scope.USER);
        var tasks = TaskScheduler.of(Path.of("/srv/ada/.evergate"), Scope.USER);

        assertThat(
                        systemd(false)
                                .state(
                                        ran(
                                                """
                                                ActiveState=failed
                                                SubState=failed
                                                Result=exit-code
                                                ExecMainStatus=78
                                                UnitFileState=enabled
                                                MainPID=0
                                                NRestarts=3
                                                StatusText=
                                                """)))
                .isEqualTo(
                        new ServiceState(
                                false, "enabled", "failed (exit-code, status 78)", 0, "", 3));
        assertThat(systemd(false).state(new ServiceHost.Ran(1, "Failed to connect to bus")))
                .isEqualTo(ServiceState.UNKNOWN);
        assertThat(launchd.state(ran("gui/501/x = {\n\tstate = running\n\tpid = 812\n}\n")))
                .isEqualTo(new ServiceState(true, "", "running", 812, "", 0));
        assertThat(launchd.state(new ServiceHost.Ran(113, "Could not find service")).isStarted())
                .isFalse();
        assertThat(tasks.state(ran("\"\\Evergate\",\"N/A\",\"Running\"\r\n")).isStarted()).isTrue();
    }

    @Test
    void findsTheServiceOfAStateDirectoryAlone() {
        Platform platform = Samples.platform(Platform.Kind.LINUX);
        Path system = Path.of("/etc/systemd/system/evergate.service");
        disk.put(UNIT, unit(Samples.plain()));
        disk.put(system, unit(Samples.special()));

        assertThat(find(platform, Optional.empty(), "/srv/ada/.evergate"))
                .hasValueSatisfying(found -> assertThat(found.file()).isEqualTo(UNIT));
        assertThat(find(platform, Optional.empty(), "/var/lib/my gateway"))
                .hasValueSatisfying(found -> assertThat(found.file()).isEqualTo(system));
        assertThat(find(platform, Optional.empty(), "/tmp/another")).isEmpty();
        assertThat(find(platform, Optional.of(Scope.SYSTEM), "/tmp/another"))
                .hasValueSatisfying(
                        found ->
                                assertThat(found.state())
                                        .isEqualTo(Path.of("/var/lib/my gateway")));
    }

    @Test
    void reachesTheUsersManagerFromAShellThatDoesNotNameIt() {
        Platform named = Samples.platform(Platform.Kind.LINUX);
        var presence = new Systemd.Presence(true, true, Path.of("/run/user/1000"), false);
        var unnamed =
                new Platform(
                        named.kind(),
                        named.root(),
                        named.account(),
                        named.sudoer(),
                        named.configHome(),
                        presence,
                        named.lingers(),
                        named.launcher(),
                        named.javaHome(),
                        named.installation());

        assertThat(Systemd.of(unnamed, Scope.USER, false).start().getFirst().text())
                .isEqualTo(
                        "env XDG_RUNTIME_DIR=/run/user/1000 systemctl --user start"
                                + " evergate.service");
    }

    @Test
    void knowsTheSystemsApart() {
        assertThat(LocalHost.kind("Linux")).isEqualTo(Platform.Kind.LINUX);
        assertThat(LocalHost.kind("Mac OS X")).isEqualTo(Platform.Kind.MAC);
        assertThat(LocalHost.kind("Windows 11")).isEqualTo(Platform.Kind.WINDOWS);
        assertThat(LocalHost.kind("FreeBSD")).isEqualTo(Platform.Kind.OTHER);
        assertThat(Account.parse("bob:x:1001:1001:Bob,,,:/srv/bob:/bin/sh\n"))
                .contains(new Account("bob", 1001, Path.of("/srv/bob")));
        assertThat(Account.parse("nonsense")).isEmpty();
    }

    private Optional<Installed> find(Platform platform, Optional<Scope> scope, String state) {
        return Installed.find(platform, scope, Path.of(state), this::text, Path::equals);
    }

    private Optional<String> text(Path path) {
        return Optional.ofNullable(disk.get(path));
    }

    private InstallPlan install(ServiceSpec spec, boolean isStarted, boolean force) {
        return InstallPlan.install(systemd(false), spec, this::text, isStarted, true, force);
    }

    private static String unit(ServiceSpec spec) {
        return systemd(false).files(spec).getFirst().text();
    }

    private static Systemd systemd(boolean hasSocket) {
        return Systemd.of(Samples.platform(Platform.Kind.LINUX), Scope.USER, hasSocket);
    }

    private static ServiceHost.Ran ran(String output) {
        return new ServiceHost.Ran(0, output);
    }

    private static List<String> texts(List<Step> steps) {
        return steps.stream().map(Step::text).toList();
    }
}
