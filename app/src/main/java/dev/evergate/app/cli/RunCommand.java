package dev.evergate.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code evergate gateway run}: its help. The launcher starts the keeper itself; only {@code
 * --no-keeper} may come here, and goes on to the generation unread.
 */
@Command(
        name = "run",
        description = {
            "Start the gateway and keep it running, until it is stopped.",
            "Without any configuration it listens on 127.0.0.1:18789 and creates what it needs."
        },
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate gateway run",
            "  evergate gateway run --port 19000 --state-dir /srv/evergate"
        })
final class RunCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Listen on this port (default: gateway.port, else 18789).")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "WHERE",
            description = "Listen on: loopback, lan, or an address (default: loopback).")
    private String bind = "";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The token clients must show; - reads it from standard input.")
    private String token = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Read that token from a file.")
    private String tokenFile = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration (default: evergate.json in the state directory).")
    private String config = "";

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Where everything is kept (default: ~/.evergate).")
    private String stateDirectory = "";

    @Option(
            names = "--no-keeper",
            description = "Run alone in one process: no restart without interruption.")
    private boolean alone;

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (!alone) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "NO_LAUNCHER",
                    "The gateway is started by its launcher, not by this program.",
                    "Run: evergate gateway run");
        }
        List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
        int run = arguments.indexOf("run");
        return surroundings.alone().applyAsInt(arguments.subList(run + 1, arguments.size()));
    }
}
