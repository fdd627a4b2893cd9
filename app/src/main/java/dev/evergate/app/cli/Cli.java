package dev.evergate.app.cli;

import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.service.LocalHost;
import dev.evergate.app.cli.service.ServiceFailure;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.StandardOutput;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The {@code evergate} command: everything but the keeper, which the launcher starts itself. */
public final class Cli {
    private final Surroundings surroundings;

    Cli(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs one command and exits with its {@link ExitCode}. */
    public static void main(String[] args) {
        var environment = System.getenv();
        var output = new StandardOutput(environment);
        var world = new RealWorld(fault -> output.note("Unexpected: " + fault));
        var surroundings =
                new Surroundings(
                        environment,
                        StateDirectory.home(environment),
                        System.in,
                        output,
                        world,
                        new LinkedKeepers(),
                        new LocalHost(environment, StateDirectory.home(environment)),
                        Cli::cannotRunAlone);
        int exit = new Cli(surroundings).run(args);
        System.exit(exit);
    }

    /** The version of this program. */
    static String version() {
        return System.getProperty("evergate.version", "development");
    }

    /** Runs one command; returns its exit code. */
    int run(String... args) {
        return commandLine(List.of(args)).execute(args);
    }

    @Command(
            name = "evergate",
            description = "An always-on gateway between chat apps and AI agents.")
    private static final class Root {}

    @Command(
            name = "gateway",
            description = "Run the gateway, by hand or as a service; look at it, call it.")
    private static final class GatewayGroup {}

    @Command(name = "sessions", description = "Look at conversations.")
    private static final class SessionsGroup {}

    @Command(
            name = "config",
            description = "Look at the configuration, change it, go back to an earlier one.")
    private static final class ConfigGroup {}

    @Command(name = "audit", description = "Look at who did what, and whether that is the truth.")
    private static final class AuditGroup {}

    @Command(name = "security", description = "Look for what could let strangers in.")
    private static final class SecurityGroup {}

    private CommandLine commandLine(List<String> words) {
        var sessions =
                new CommandLine(new SessionsGroup())
                        .addSubcommand(new SessionsCommand(surroundings));
        var root =
                new CommandLine(new Root())
                        .addSubcommand(group(new GatewayGroup(), "gateway", gateway(), words))
                        .addSubcommand(new StatusCommand(surroundings))
                        .addSubcommand(new HealthCommand(surroundings))
                        .addSubcommand(new LogsCommand(surroundings))
                        .addSubcommand(new AgentCommand(surroundings))
                        .addSubcommand(sessions)
                        .addSubcommand("devices", devicesGroup(words))
                        .addSubcommand("nodes", nodesGroup(words))
                        .addSubcommand("restarts", restartsGroup(words))
                        .addSubcommand(group(new AuditGroup(), "audit", audit(), words))
                        .addSubcommand(group(new SecurityGroup(), "security", security(), words))
                        .addSubcommand(group(new ConfigGroup(), "config", config(), words));
        root.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .scopeType(ScopeType.INHERIT)
                                .description("Show this help.")
                                .build());
        root.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-V", "--version")
                                .versionHelp(true)
                                .description("Show the version.")
                                .build());
        root.setExecutionStrategy(this::execute)
                .setParameterExceptionHandler(this::onUsageError)
                .setExecutionExceptionHandler((failure, _, parsed) -> onFailure(failure, parsed))
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(
                                surroundings.output().hasColour() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(90)
                .setAbbreviatedOptionsAllowed(false);
        return root;
    }

    private Map<String, Supplier<Object>> gateway() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("run", () -> RunCommand.of(surroundings));
        commands.put("status", () -> new GatewayStatusCommand(surroundings));
        commands.put("start", () -> new StartCommand(surroundings));
        commands.put("stop", () -> new StopCommand(surroundings));
        commands.put("restart", () -> new RestartCommand(surroundings));
        commands.put("install", () -> new InstallCommand(surroundings));
        commands.put("uninstall", () -> new UninstallCommand(surroundings));
        commands.put("health", () -> new HealthCommand(surroundings));
        commands.put("stability", () -> new StabilityCommand(surroundings));
        commands.put("auth-token", () -> new AuthTokenCommand(surroundings));
        commands.put("call", () -> new CallCommand(surroundings));
        return commands;
    }

    private Map<String, Supplier<Object>> config() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("get", () -> new ConfigGetCommand(surroundings));
        commands.put("set", () -> new ConfigSetCommand(surroundings));
        commands.put("unset", () -> new ConfigUnsetCommand(surroundings));
        commands.put("patch", () -> new ConfigPatchCommand(surroundings));
        commands.put("validate", () -> new ConfigValidateCommand(surroundings));
        commands.put("schema", () -> new ConfigSchemaCommand(surroundings));
        commands.put("history", () -> new ConfigHistoryCommand(surroundings));
        commands.put("diff", () -> new ConfigDiffCommand(surroundings));
        commands.put("undo", () -> new ConfigUndoCommand(surroundings));
        return commands;
    }

    private Map<String, Supplier<Object>> audit() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("list", () -> new AuditListCommand(surroundings));
        commands.put("verify", () -> new AuditVerifyCommand(surroundings));
        return commands;
    }

    private Map<String, Supplier<Object>> security() {
        return Map.of("audit", () -> new SecurityAuditCommand(surroundings));
    }

    /** Each command costs a little of every start, so only the one that is meant is made. */
    private static CommandLine group(
            Object command,
            String name,
            Map<String, Supplier<Object>> commands,
            List<String> words) {
        var group = new CommandLine(command);
        int place = words.indexOf(name);
        if (place < 0) {
            return group;
        }
        String meant = place + 1 < words.size() ? words.get(place + 1) : "";
        boolean isKnown = commands.containsKey(meant);
        commands.forEach(
                (word, made) -> {
                    if (!isKnown || word.equals(meant)) {
                        group.addSubcommand(made.get());
                    }
                });
        return group;
    }

    /** Alone it lists them. */
    private CommandLine devicesGroup(List<String> words) {
        var group = new CommandLine(new DevicesCommand(surroundings));
        if (words.contains("devices")) {
            group.addSubcommand(new DevicesCommand(surroundings))
                    .addSubcommand(new DeviceInviteCommand(surroundings))
                    .addSubcommand(new DeviceAnswerCommand.Approve(surroundings))
                    .addSubcommand(new DeviceAnswerCommand.Reject(surroundings))
                    .addSubcommand(new DeviceTokenCommand.Remove(surroundings))
                    .addSubcommand(new DeviceTokenCommand.Rename(surroundings))
                    .addSubcommand(new DeviceTokenCommand.Rotate(surroundings))
                    .addSubcommand(new DeviceTokenCommand.Revoke(surroundings));
        }
        return group;
    }

    /** Alone it lists them. */
    private CommandLine nodesGroup(List<String> words) {
        var group = new CommandLine(new NodesCommand(surroundings));
        if (words.contains("nodes")) {
            group.addSubcommand(new NodesCommand(surroundings))
                    .addSubcommand(new NodeAnswerCommand.Approve(surroundings))
                    .addSubcommand(new NodeAnswerCommand.Reject(surroundings))
                    .addSubcommand(new NodeCommand.Remove(surroundings))
                    .addSubcommand(new NodeCommand.Rename(surroundings))
                    .addSubcommand(new NodeCommand.Invoke(surroundings));
        }
        return group;
    }

    /** Alone it lists them. */
    private CommandLine restartsGroup(List<String> words) {
        var group = new CommandLine(new RestartsCommand(surroundings));
        if (words.contains("restarts")) {
            group.addSubcommand(new RestartsCommand(surroundings))
                    .addSubcommand(new RestartShowCommand(surroundings));
        }
        return group;
    }

    private int execute(CommandLine.ParseResult parsed) {
        List<CommandLine> chosen = parsed.asCommandLineList();
        CommandLine last = chosen.getLast();
        boolean isRoot = last.getParent() == null;
        if (chosen.getFirst().isVersionHelpRequested()) {
            surroundings.output().line("Evergate " + version());
        } else if (isRoot) {
            surroundings.output().piece(Overview.text(version()));
        } else if (last.isUsageHelpRequested() || !(last.getCommand() instanceof Callable)) {
            var text = new StringWriter();
            last.usage(new PrintWriter(text), last.getColorScheme());
            surroundings.output().piece(text.toString());
        } else {
            return new CommandLine.RunLast().execute(parsed);
        }
        return ExitCode.OK.code();
    }

    private int onUsageError(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        List<String> similar =
                failure instanceof UnmatchedArgumentException unmatched
                        ? unmatched.getSuggestions()
                        : List.of();
        String help =
                similar.isEmpty()
                        ? "See: " + command.getCommandSpec().qualifiedName() + " --help"
                        : "Did you mean: " + String.join(", ", similar) + "?";
        String message =
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("Bad arguments");
        return report(
                new CommandFailure(ExitCode.USAGE, "BAD_ARGUMENTS", message, help),
                Arrays.asList(args).contains("--json"));
    }

    private int onFailure(Exception failure, CommandLine.ParseResult parsed) {
        boolean isJson = parsed.originalArgs().contains("--json");
        return report(
                switch (failure) {
                    case CommandFailure known -> known;
                    case ServiceFailure known ->
                            new CommandFailure(
                                    known.exit(), known.code(), known.text(), known.help());
                    default ->
                            new CommandFailure(
                                    ExitCode.UNEXPECTED,
                                    "INTERNAL",
                                    "Unexpected: " + failure,
                                    "This is a bug in Evergate; please report it with the command"
                                            + " you gave.");
                },
                isJson);
    }

    private int report(CommandFailure failure, boolean isJson) {
        Output output = surroundings.output();
        if (isJson) {
            output.line(Json.pretty(Json.failure(failure)));
        } else {
            output.note(failure.text());
            if (!failure.help().isEmpty()) {
                output.note(failure.help());
            }
        }
        return failure.exit().code();
    }

    private static int cannotRunAlone(List<String> arguments) {
        throw new CommandFailure(
                ExitCode.UNEXPECTED,
                "NOT_IN_THIS_BUILD",
                "This build cannot run a gateway without a keeper.",
                "Run: evergate gateway run");
    }
}
