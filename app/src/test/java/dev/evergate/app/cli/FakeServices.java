package dev.evergate.app.cli;

import dev.evergate.app.cli.service.Account;
import dev.evergate.app.cli.service.Platform;
import dev.evergate.app.cli.service.ServiceHost;
import dev.evergate.app.cli.service.Step;
import dev.evergate.app.cli.service.Systemd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A machine whose service manager only remembers what it was told; its files are below one folder.
 * Used by one thread.
 */
final class FakeServices implements ServiceHost {
    /** The commands that were run, as a person would type them. */
    final List<String> commands = new ArrayList<>();

    private final Map<String, Ran> answers = new HashMap<>();
    private final Path home;
    Platform.Kind kind = Platform.Kind.LINUX;
    long uid = 1000;
    Optional<String> sudoer = Optional.empty();
    boolean isSystemdRunning = true;
    boolean hasUserManager = true;
    boolean isRuntimeNamed = true;
    boolean lingers = true;

    FakeServices(Path home) {
        this.home = home;
    }

    Path root() {
        return home.resolve("root");
    }

    Path unit() {
        return home.resolve(".config/systemd/user/evergate.service");
    }

    /** What commands that begin so are answered from now on. */
    FakeServices answering(String command, int exit, String output) {
        answers.put(command, new Ran(exit, output));
        return this;
    }

    /** systemd says that the service runs as this process. */
    FakeServices running(long pid) {
        return answering(
                "systemctl --user show",
                0,
                """
                ActiveState=active
                SubState=running
                Result=success
                UnitFileState=enabled
                MainPID=%d
                StatusText=generation 3 serves
                NRestarts=2
                """
                        .formatted(pid));
    }

    @Override
    public Platform platform() {
        return new Platform(
                kind,
                root(),
                new Account("ada", uid, home),
                sudoer,
                home.resolve(".config"),
                new Systemd.Presence(
                        isSystemdRunning,
                        hasUserManager,
                        root().resolve("run/user/1000"),
                        isRuntimeNamed),
                lingers,
                Optional.of(Path.of("/opt/evergate/evergate")),
                Path.of("/opt/jdk-25"),
                Optional.of(Path.of("/opt/evergate/build/dist/1")));
    }

    @Override
    public Optional<Account> account(String name) {
        return name.equals("bob")
                ? Optional.of(new Account("bob", 1001, home.resolve("bob")))
                : Optional.empty();
    }

    @Override
    public Ran run(List<String> words, Duration limit) {
        String command = new Step(words, false).text();
        commands.add(command);
        return answers.entrySet().stream()
                .filter(answer -> command.startsWith(answer.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(new Ran(0, ""));
    }
}
