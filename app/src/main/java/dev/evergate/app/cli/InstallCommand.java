package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.cli.service.Account;
import dev.evergate.app.cli.service.InstallPlan;
import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.Platform;
import dev.evergate.app.cli.service.Scope;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.app.cli.service.ServiceManager;
import dev.evergate.app.cli.service.ServiceSpec;
import dev.evergate.app.cli.service.ServiceState;
import dev.evergate.app.config.ConfigOnDisk;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code evergate gateway install}: the gateway as a service, however often it is said. */
@Command(
        name = "install",
        description = {
            "Run the gateway as a service, from now on and at every start of the machine.",
            "Writes the files of systemd (launchd on macOS, a task on Windows) and starts it."
        },
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate gateway install",
            "  sudo evergate gateway install --system --run-as ada --port 19000"
        })
final class InstallCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;
    private static final int DEFAULT_PORT = 18_789;

    private final Surroundings surroundings;

    @Mixin private ServiceOptions options = new ServiceOptions();

    @Option(
            names = "--run-as",
            paramLabel = "NAME",
            description = "With --system: the account it runs as (default: who called sudo).")
    private String runAs = "";

    @Option(names = "--port", paramLabel = "N", description = "As for: gateway run.")
    private String port = "";

    @Option(names = "--bind", paramLabel = "WHERE", description = "As for: gateway run.")
    private String bind = "";

    @Option(names = "--config", paramLabel = "FILE", description = "As for: gateway run.")
    private String config = "";

    @Option(names = "--token-file", paramLabel = "FILE", description = "As for: gateway run.")
    private String tokenFile = "";

    @Option(
            names = "--socket",
            description = "Let systemd hold the port, so that connections always wait.")
    private boolean socket;

    @Option(names = "--no-start", description = "Do not start it now.")
    private boolean noStart;

    @Option(
            names = "--force",
            description = "Replace a file that was changed by hand; a copy is kept.")
    private boolean force;

    @Option(names = "--dry-run", description = "Show files and commands, and do nothing.")
    private boolean dryRun;

    InstallCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Platform platform = surroundings.services().platform();
        var desk = new ServiceDesk(surroundings.services());
        Account account = account(platform);
        Path state = options.namedState(surroundings).orElse(ServiceSpec.usualState(account));
        ServiceManager manager = Installed.wanted(platform, options.scope(), state, socket);
        ServiceSpec spec = spec(platform, account, state);
        if (dryRun) {
            var plan = InstallPlan.install(manager, spec, ServiceDesk::text, false, !noStart, true);
            ServiceReport.dryRun(plan, manager, options.isJson(), surroundings.output());
            return ExitCode.OK.code();
        }
        Installed.requireReachable(platform, manager, "install");
        boolean isThere = ServiceDesk.text(manager.places().getFirst()).isPresent();
        ServiceState before = isThere ? desk.state(manager) : desk.absent();
        var plan =
                InstallPlan.install(
                        manager, spec, ServiceDesk::text, before.isStarted(), !noStart, force);
        desk.carryOut(plan, manager);
        ServiceState after = desk.state(manager);
        List<String> notes = notes(platform, manager, plan, before, after, state);
        ServiceReport.installed(
                plan, manager, after, notes, options.isJson(), surroundings.output());
        return ExitCode.OK.code();
    }

    private ServiceSpec spec(Platform platform, Account account, Path state) {
        Path installation = platform.installation().orElseThrow(InstallCommand::noLauncher);
        Path launcher = platform.launcher().orElseThrow(InstallCommand::noLauncher);
        Optional<String> listen = socket ? Optional.of(listen(state)) : Optional.empty();
        var spec =
                new ServiceSpec(
                        launcher,
                        installation,
                        platform.javaHome(),
                        account,
                        state,
                        words(),
                        listen);
        spec.words().forEach(word -> requirePlain("an option", word));
        requirePlain("--state-dir", state.toString());
        requirePlain("the launcher's path", launcher.toString());
        return spec;
    }

    /** What {@code gateway run} is to be told, with paths that hold in any folder. */
    private List<String> words() {
        List<String> words = new ArrayList<>();
        namedPort().ifPresent(number -> words.addAll(List.of("--port", number.toString())));
        if (!bind.isEmpty()) {
            words.addAll(List.of("--bind", bind));
        }
        configFile().ifPresent(file -> words.addAll(List.of("--config", file.toString())));
        if (!tokenFile.isEmpty()) {
            Path file = absolute(tokenFile);
            if (!Files.isReadable(file)) {
                throw usage("--token-file: " + file + " cannot be read");
            }
            words.addAll(List.of("--token-file", file.toString()));
        }
        return words;
    }

    private Optional<Integer> namedPort() {
        String named = port.isEmpty() ? surroundings.variable("GATEWAY_PORT") : port;
        if (named.isEmpty()) {
            return Optional.empty();
        }
        try {
            int number = Integer.parseInt(named);
            if (number >= 1 && number <= PORT_MAX) {
                return Optional.of(number);
            }
        } catch (NumberFormatException _) {
            // told below, like a number out of range
        }
        throw usage("--port: " + named + " (expected: a port from 1 to 65535)");
    }

    private Optional<Path> configFile() {
        String named = config.isEmpty() ? surroundings.variable("CONFIG_PATH") : config;
        return named.isEmpty() ? Optional.empty() : Optional.of(absolute(named));
    }

    private Account account(Platform platform) {
        if (options.scope() == Scope.USER) {
            if (!runAs.isEmpty()) {
                throw usage("--run-as goes with --system: your own service runs as you");
            }
            return platform.account();
        }
        String name = runAs.isEmpty() ? platform.sudoer().orElse("") : runAs;
        if (name.isEmpty()) {
            if (platform.account().isAdministrator()) {
                throw usage(
                        "--system: as whom shall it run? (expected: --run-as NAME; root only if"
                                + " you mean it)");
            }
            return platform.account();
        }
        return name.equals(platform.account().name())
                ? platform.account()
                : surroundings
                        .services()
                        .account(name)
                        .orElseThrow(() -> usage("--run-as: there is no account " + name));
    }

    /** Where the gateway would listen: a socket unit must say it before there is a gateway. */
    private String listen(Path state) {
        Path file = configFile().orElse(state.resolve("evergate.json"));
        String host = "127.0.0.1";
        int number = namedPort().orElse(DEFAULT_PORT);
        if (Files.exists(file) || !bind.isEmpty()) {
            ConfigSnapshot.Gateway gateway = configured(file).gateway();
            host = gateway.bindHost();
            number = gateway.port();
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + number;
    }

    private ConfigSnapshot configured(Path file) {
        // Whether there is a token, and a good one, is not the question here.
        Secret any = Secret.of("a token of whatever kind");
        try {
            return ConfigOnDisk.read(
                    new ConfigFiles(file, surroundings.environment(), SecretCommands.NONE),
                    new ConfigOverrides(
                            namedPort(),
                            bind.isEmpty() ? Optional.empty() : Optional.of(bind),
                            any,
                            any));
        } catch (EvergateException refused) {
            throw new CommandFailure(
                    ExitCode.DO_NOT_RETRY,
                    refused.code().name(),
                    "Where to listen is not known: " + refused.getMessage(),
                    "Mend the configuration, or install without --socket.");
        }
    }

    private List<String> notes(
            Platform platform,
            ServiceManager manager,
            InstallPlan plan,
            ServiceState before,
            ServiceState after,
            Path state) {
        List<String> notes = new ArrayList<>();
        if (before.isStarted() && plan.isForLater()) {
            notes.add(
                    "The running service keeps its old definition until: evergate gateway stop,"
                            + " then evergate gateway start");
        }
        if (manager.kind().equals("systemd")
                && manager.scope() == Scope.USER
                && !platform.lingers()) {
            notes.add(
                    "It ends when you log out, unless: sudo loginctl enable-linger "
                            + platform.account().name());
        }
        for (String name : List.of("GATEWAY_TOKEN", "GATEWAY_PASSWORD")) {
            if (!surroundings.variable(name).isEmpty()) {
                notes.add(
                        surroundings.variableName(name)
                                + " of this shell is not in the service: put it into "
                                + state.resolve(".env")
                                + " (only you may read it) or evergate.json");
            }
        }
        Optional<Owner> owner = surroundings.keepers().who(state);
        if (owner.isPresent() && after.mainPid() != 0 && owner.get().pid() != after.mainPid()) {
            notes.add(
                    "Process "
                            + owner.get().pid()
                            + " keeps this state directory already; the service takes over when it"
                            + " ends: kill "
                            + owner.get().pid());
        }
        return notes;
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    /** No service file can carry a line break or the like in a word. */
    private static void requirePlain(String what, String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw usage(what + " has a control character in it");
        }
    }

    private static CommandFailure usage(String message) {
        return new CommandFailure(
                ExitCode.USAGE, "BAD_ARGUMENTS", message, "See: evergate gateway install --help");
    }

    private static CommandFailure noLauncher() {
        return new CommandFailure(
                ExitCode.UNEXPECTED,
                "NO_LAUNCHER",
                "This program was not started by its launcher, so there is nothing to put into a"
                        + " service.",
                "Run: evergate gateway install");
    }
}
