package dev.evergate.keeper;

import dev.evergate.keeper.link.KeeperLink;
import dev.evergate.keeper.link.Refusal;
import dev.evergate.keeper.log.OwnFile;
import dev.evergate.keeper.owner.OwnerRecord;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts generations.
 *
 * <p>A generation is this JVM's {@code java} with the argument file of the build that the
 * installation's {@code current} link names at that moment, so an upgrade needs no new keeper. It
 * inherits standard input and output; its standard error is a file in the state directory.
 * Thread-safety: confined to the keeper's loop.
 */
final class GenerationLauncher {
    /** The build this keeper runs from; beside it, {@code current} leads to the newest one. */
    static final String HOME_PROPERTY = "evergate.home";

    /** Replaces the installation's argument file; for tests. */
    static final String ARGUMENT_FILE_PROPERTY = "evergate.generation.args";

    /**
     * USR1 and USR2 are the keeper's; one that is sent to a generation by mistake must not end it.
     */
    private static final String SHELL = "trap \"\" USR1 USR2; exec \"$@\"";

    private static final List<String> FOR_THE_KEEPER_ALONE =
            List.of(
                    "NOTIFY_SOCKET",
                    "WATCHDOG_USEC",
                    "WATCHDOG_PID",
                    "LISTEN_PID",
                    "LISTEN_FDS",
                    "LISTEN_FDNAMES");

    private final StateDirectory state;
    private final List<String> arguments;
    private final Mailbox mailbox;
    private final KeeperLog log;
    private final GenerationCounter counter;
    private final JvmOptions jvmOptions;

    /** What became of a launch. */
    sealed interface Launch {
        /** Its end comes as mail. */
        record Started(Generation generation) implements Launch {}

        /** There is no process. */
        record Failed(Refusal refusal) implements Launch {}
    }

    GenerationLauncher(StateDirectory state, List<String> arguments, Mailbox mailbox, KeeperLog log)
            throws IOException {
        this.state = state;
        this.arguments = arguments;
        this.mailbox = mailbox;
        this.log = log;
        counter = new GenerationCounter(state.counter());
        jvmOptions = new JvmOptions(state, log);
    }

    /** The newest number used, 0 before the first. */
    long last() {
        return counter.last();
    }

    /** Takes the next number, for good, and starts a generation with it. */
    Launch launch(OwnerRecord identity, GatewayPhase.Mode mode) {
        try {
            long number = counter.next();
            log.about(number);
            state.writeOwner(identity.withGeneration(number));
        } catch (IOException e) {
            return failed(
                    ExitCode.STATE_UNUSABLE,
                    "The state directory "
                            + state.root()
                            + " cannot be written: "
                            + e.getMessage()
                            + ". Make room there or choose another one with --state-dir.");
        }
        try {
            Generation generation = start(counter.last(), mode);
            String text = "Process " + generation.pid() + ", mode " + mode.label();
            log.info("generation.started", text);
            return new Launch.Started(generation);
        } catch (IOException e) {
            return failed(
                    ExitCode.UNEXPECTED,
                    "The gateway's program cannot be started: "
                            + e.getMessage()
                            + ". Is the installation complete?");
        }
    }

    /** A generation serves. */
    void serves(Generation serving) {
        jvmOptions.proven(serving);
    }

    /** A generation has ended, without having been asked to. */
    void ended(Generation ended) {
        if (!ended.hasComeUp()) {
            jvmOptions.failed(ended);
        }
    }

    private static Launch failed(ExitCode code, String message) {
        return new Launch.Failed(new Refusal(code.code(), message));
    }

    private Generation start(long number, GatewayPhase.Mode mode) throws IOException {
        String options = jvmOptions.next(mode);
        List<String> command = new ArrayList<>();
        command.add("/bin/sh");
        command.add("-c");
        command.add(SHELL);
        command.add("evergate");
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        command.add("@" + jvmOptions.in(argumentFile(), options));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        OwnFile.make(state.errors(number));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(state.errors(number).toFile()));
        Map<String, String> environment = builder.environment();
        for (String name : FOR_THE_KEEPER_ALONE) {
            environment.remove(name);
        }
        environment.put(Signals.SUSPEND_SIGNAL_VARIABLE, "62");
        environment.put("EVERGATE_STATE_DIR", state.root().toString());
        environment.put(KeeperLink.SOCKET_VARIABLE, state.socket().toString());
        environment.put(KeeperLink.GENERATION_VARIABLE, Long.toString(number));
        Process process = builder.start();
        HostTime.startDaemon("generation-" + number + "-exit", new ExitWatch(number, process));
        return new Generation(number, mode, process, options);
    }

    /** The argument file to use now; throws when there is none. */
    private static Path argumentFile() throws IOException {
        String replacement = System.getProperty(ARGUMENT_FILE_PROPERTY, "");
        if (!replacement.isEmpty()) {
            return Path.of(replacement);
        }
        Path home = Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath();
        Path current = home.resolveSibling("current");
        Path build = Files.exists(current) ? current.toRealPath() : home;
        Path file = build.resolve("lib/generation.args");
        if (!Files.isReadable(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return file;
    }

    /** Waits for a process to end and tells the loop. */
    private final class ExitWatch implements Runnable {
        private final long number;
        private final Process process;

        ExitWatch(long number, Process process) {
            this.number = number;
            this.process = process;
        }

        @Override
        public void run() {
            try {
                mailbox.post(new Mailbox.Mail.Exited(number, process.waitFor()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // Nobody does this; the process is ending.
            }
        }
    }
}
