package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.os.FileLock;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * The process that owns the door: it holds the state lock and the listening sockets, and starts one
 * generation after the other.
 *
 * <p>Of its arguments it understands only where the state is; a generation gets all of them.
 */
public final class Keeper {
    private static final String VERSION_PROPERTY = "evergate.version";
    private static final long EXIT_RESERVE_MS = 1_000;

    private final List<String> arguments;
    private final Mailbox mailbox;

    /** What stays the same for a keeper's life. */
    record Identity(long pid, long startTicks, String bootId, String instance, String version) {
        static Identity own() throws IOException {
            long pid = ProcessHandle.current().pid();
            Optional<ProcessTable.Entry> entry = ProcessTable.find(pid);
            long ticks = entry.isPresent() ? entry.get().startTicks() : 0;
            String version = System.getProperty(VERSION_PROPERTY, "development");
            return new Identity(pid, ticks, ProcessTable.bootId(), HostTime.uuid(), version);
        }

        OwnerRecord record(long generation) {
            return new OwnerRecord(pid, startTicks, bootId, instance, version, generation);
        }
    }

    private Keeper(List<String> arguments, Mailbox mailbox) {
        this.arguments = arguments;
        this.mailbox = mailbox;
    }

    /**
     * Runs until the gateway is to end; exits with an {@link ExitCode} or a generation's refusal.
     */
    public static void main(String[] args) {
        Mailbox mailbox = new Mailbox();
        boolean isMoved = System.getenv(Signals.SUSPEND_SIGNAL_VARIABLE) != null;
        List<String> problems = Signals.install(mailbox, isMoved);
        Verdict verdict = new Keeper(List.of(args), mailbox).run(problems);
        if (!verdict.message().isEmpty()) {
            System.err.println("evergate: " + verdict.message());
        }
        mailbox.watchdog().expect(verdict.exit());
        mailbox.watchdog().armFor(EXIT_RESERVE_MS);
        System.exit(verdict.exit());
    }

    private Verdict run(List<String> problems) {
        if (!Os.isSupported()) {
            return verdict(
                    ExitCode.USAGE,
                    "The keeper needs Linux on x86_64 or aarch64. Start with --no-keeper here.");
        }
        StateDirectory state = StateDirectory.choose(arguments, System.getenv());
        try {
            state.create();
            Optional<FileLock> lock = FileLock.tryLock(state.lock());
            if (lock.isEmpty()) {
                return alreadyRunning(state);
            }
            try (FileLock _ = lock.get()) {
                return keep(state, problems);
            }
        } catch (IOException e) {
            return verdict(
                    ExitCode.STATE_UNUSABLE,
                    "The state directory "
                            + state.root()
                            + " cannot be used: "
                            + reason(e)
                            + ". Choose another one with --state-dir.");
        }
    }

    private Verdict keep(StateDirectory state, List<String> problems) throws IOException {
        Limits limits = Limits.from(System.getenv(), problems);
        ProcessControl.adoptOrphans();
        Identity identity = Identity.own();
        identity.record(0).write(state.owner());
        KeeperLog log = new KeeperLog(state.logs());
        log.info("keeper.started", "Process " + identity.pid() + " keeps " + state.root());
        for (String problem : problems) {
            log.warn("keeper.setup", problem);
        }
        try {
            GenerationLauncher launcher = new GenerationLauncher(state, arguments, mailbox, log);
            KeeperLoop loop = new KeeperLoop(identity, state, launcher, mailbox, limits, log);
            Verdict verdict = run(loop, log);
            log.info("keeper.stopped", "Exit code " + verdict.exit());
            return verdict;
        } finally {
            Files.deleteIfExists(state.socket());
            Files.deleteIfExists(state.owner());
            log.flush();
        }
    }

    private static Verdict run(KeeperLoop loop, KeeperLog log) {
        try {
            return loop.run();
        } catch (OsException e) {
            log.warn("keeper.failed", String.valueOf(e.getMessage()));
            return verdict(ExitCode.UNEXPECTED, "The keeper failed: " + e.getMessage());
        }
    }

    private static Verdict alreadyRunning(StateDirectory state) {
        Optional<OwnerRecord> owner = OwnerRecord.read(state.owner());
        String who =
                owner.isPresent()
                        ? "keeper pid "
                                + owner.get().pid()
                                + ", generation "
                                + owner.get().generation()
                        : "its keeper is just starting or stopping";
        return verdict(
                ExitCode.DO_NOT_RETRY,
                "Evergate already runs on "
                        + state.root()
                        + " ("
                        + who
                        + "). Look at it with: evergate status");
    }

    private static Verdict verdict(ExitCode code, String message) {
        return new Verdict(code.code(), message);
    }

    /** File system exceptions often say only which file; the class then says what. */
    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is not a directory";
        }
        return String.valueOf(e.getMessage());
    }
}
