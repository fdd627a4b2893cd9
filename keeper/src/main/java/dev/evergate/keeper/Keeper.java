package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.os.FileLock;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.owner.OwnerRecord;
import dev.evergate.keeper.supervisor.ServiceManager;
import dev.evergate.keeper.supervisor.StopGrace;
import dev.evergate.keeper.supervisor.StoredListeners;
import dev.evergate.keeper.supervisor.Supervision;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;
import java.util.OptionalLong;

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
            return claim(state, problems);
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

    private Verdict claim(StateDirectory state, List<String> problems) throws IOException {
        KeeperLog log = new KeeperLog(state.logs());
        long pid = ProcessHandle.current().pid();
        Supervision supervision = Supervision.from(System.getenv(), pid, problems);
        ServiceManager manager =
                new ServiceManager(supervision, text -> log.info("keeper.notify", text));
        KeeperLoop.Outside outside =
                new KeeperLoop.Outside(
                        manager,
                        supervision.isSupervised(),
                        StoredListeners.take(
                                System.getenv(),
                                pid,
                                manager,
                                text -> log.info("door.stored", text)));
        try {
            Claim claim = new Claim(state, mailbox, manager, supervision.isSupervised(), log);
            return switch (claim.make()) {
                case Claim.Result.Refused(var verdict) -> verdict;
                case Claim.Result.Owned(var lock) -> {
                    try (FileLock _ = lock) {
                        yield keep(state, supervision, outside, problems, log);
                    }
                }
            };
        } finally {
            manager.close();
            log.flush();
        }
    }

    private Verdict keep(
            StateDirectory state,
            Supervision supervision,
            KeeperLoop.Outside outside,
            List<String> problems,
            KeeperLog log)
            throws IOException {
        ProcessControl.adoptOrphans();
        String version = System.getProperty(VERSION_PROPERTY, "development");
        OwnerRecord identity = OwnerRecord.ofThisProcess(HostTime.uuid(), version);
        state.writeOwner(identity);
        Limits limits = limits(supervision, problems);
        log.remember(state.ring());
        log.info("keeper.started", "Process " + identity.pid() + " keeps " + state.root());
        for (String problem : problems) {
            log.warn("keeper.setup", problem);
        }
        try {
            GenerationLauncher launcher = new GenerationLauncher(state, arguments, mailbox, log);
            KeeperLoop loop =
                    new KeeperLoop(identity, state, launcher, mailbox, limits, outside, log);
            Verdict verdict = run(loop, log);
            log.info("keeper.stopped", "Exit code " + verdict.exit());
            return verdict;
        } finally {
            Files.deleteIfExists(state.socket());
            Files.deleteIfExists(state.owner());
        }
    }

    private Limits limits(Supervision supervision, List<String> problems) {
        Limits limits = Limits.from(System.getenv(), problems);
        OptionalLong grace = StopGrace.known(System.getenv(), supervision, problems);
        StopGrace.ask(
                System.getenv(),
                supervision,
                graceMs -> mailbox.post(new Mailbox.Mail.StopGranted(graceMs)));
        return grace.isPresent() ? limits.granted(grace.getAsLong()) : limits;
    }

    private static Verdict run(KeeperLoop loop, KeeperLog log) {
        try {
            return loop.run();
        } catch (OsException e) {
            log.warn("keeper.failed", String.valueOf(e.getMessage()));
            return verdict(ExitCode.UNEXPECTED, "The keeper failed: " + e.getMessage());
        }
    }

    static Verdict verdict(ExitCode code, String message) {
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
