package dev.evergate.app.cli;

import dev.evergate.keeper.ExitCode;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code evergate gateway run}: its help. The launcher starts the keeper itself; what comes here
 * nevertheless goes on, unread, to a gateway in this process.
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
    private final CommandLine self;

    private RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.self = new CommandLine(this);
    }

    /** The command with its options, which only the generation reads. */
    static CommandLine of(Surroundings surroundings) {
        CommandLine command = new RunCommand(surroundings).self;
        command.getCommandSpec()
                .addOption(
                        option(
                                "--port",
                                "N",
                                "Listen on this port (default: gateway.port, else 18789)."))
                .addOption(
                        option(
                                "--bind",
                                "WHERE",
                                "Listen on: loopback, lan, or an address (default: loopback)."))
                .addOption(
                        option(
                                "--token",
                                "TOKEN",
                                "The token clients must show; - reads it from standard input."))
                .addOption(option("--token-file", "FILE", "Read that token from a file."))
                .addOption(
                        option(
                                "--config",
                                "FILE",
                                "The configuration (default: evergate.json in the state directory)."))
                .addOption(
                        option(
                                "--state-dir",
                                "DIR",
                                "Where everything is kept (default: ~/.evergate)."))
                .addOption(
                        OptionSpec.builder("--no-keeper")
                                .description(
                                        "Run alone in one process: no restart without interruption.")
                                .build());
        return command;
    }

    @Override
    public Integer call() {
        if (!self.getParseResult().hasMatchedOption("--no-keeper")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "NO_LAUNCHER",
                    "The gateway is started by its launcher, not by this program.",
                    "Run: evergate gateway run");
        }
        List<String> words =
                self.getCommandSpec().root().commandLine().getParseResult().originalArgs();
        return surroundings.alone().applyAsInt(words);
    }

    private static OptionSpec option(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }
}
