package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.os.FileLock;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.owner.Eviction;
import dev.evergate.keeper.owner.OwnerRecord;
import dev.evergate.keeper.owner.Preflight;
import dev.evergate.keeper.owner.Scout;
import dev.evergate.keeper.supervisor.ServiceManager;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.util.Optional;

/**
 * How a start becomes the owner of its state directory: at once, after waiting, by taking over, or
 * not at all.
 *
 * <p>A lock that is free while somebody listens for a keeper's callers is not free: its file was
 * deleted or replaced under its owner. Thread-safety: confined to the keeper's main thread.
 */
final class Claim {
    private static final long LOOK_EVERY_MS = 250;
    private static final long WAIT_LONGEST_MS = 5_000;

    private final StateDirectory state;
    private final Mailbox mailbox;
    private final ServiceManager manager;
    private final boolean isSupervised;
    private final KeeperLog log;
    private final Scout scout;
    private Preflight preflight = new Preflight();
    private long pauseMs = LOOK_EVERY_MS;
    private String said = "";
    private boolean isCounted;

    /** How it ended. */
    sealed interface Result {
        /** The state directory is ours for as long as the lock is held. */
        record Owned(FileLock lock) implements Result {}

        /** It is not, and that is the end of this start. */
        record Refused(Verdict verdict) implements Result {}
    }

    Claim(
            StateDirectory state,
            Mailbox mailbox,
            ServiceManager manager,
            boolean isSupervised,
            KeeperLog log) {
        this.state = state;
        this.mailbox = mailbox;
        this.manager = manager;
        this.isSupervised = isSupervised;
        this.log = log;
        scout = new Scout(state.root(), state.owner());
    }

    /** Waits as long as the owner may still get well, or for ever when supervised. */
    Result make() throws IOException {
        while (true) {
            Optional<FileLock> lock = FileLock.tryLock(state.lock());
            if (lock.isPresent()) {
                if (!scout.hearsSomebody()) {
                    endOrphans();
                    manager.starting(HostTime.monotonicMs());
                    return new Result.Owned(lock.get());
                }
                lock.get().close();
            }
            switch (preflight.decide(scout.look())) {
                case Preflight.Decision.Wait(var who, var why) -> {
                    say("Waiting for the owner of " + state.root() + " (" + who + "): " + why);
                    pauseMs = LOOK_EVERY_MS;
                }
                case Preflight.Decision.GiveWay(var who, var why) -> {
                    if (!isSupervised) {
                        return refused(who, why);
                    }
                    stand(who, why);
                }
                case Preflight.Decision.TakeOver(var owner, var evidence) -> {
                    String hindrance = takeOver(owner, evidence);
                    preflight = new Preflight();
                    if (!hindrance.isEmpty() && !isSupervised) {
                        return refused("keeper pid " + owner.pid(), hindrance);
                    }
                    if (!hindrance.isEmpty()) {
                        stand("keeper pid " + owner.pid(), hindrance);
                    }
                }
            }
            if (isStopWantedWithin(pauseMs)) {
                manager.stopping(HostTime.monotonicMs());
                return new Result.Refused(Verdict.STOPPED);
            }
        }
    }

    private Result refused(String who, String why) {
        return new Result.Refused(
                Keeper.verdict(
                        ExitCode.DO_NOT_RETRY,
                        "Evergate already runs on "
                                + state.root()
                                + " ("
                                + who
                                + "): "
                                + why
                                + ". Look at it with: evergate status"));
    }

    /** Somebody started us who wants us to be there: we are, and wait. */
    private void stand(String who, String why) {
        isCounted = false;
        String text = state.root() + " has an owner (" + who + "): " + why;
        if (!text.equals(said)) {
            said = text;
            log.say("keeper.waiting", "Waiting: " + text);
            manager.waiting(text, HostTime.monotonicMs());
        }
        pauseMs = Math.min(2 * pauseMs, WAIT_LONGEST_MS);
    }

    private void say(String text) {
        if (!text.equals(said)) {
            said = text;
            log.say("keeper.waiting", text);
            manager.status(text, HostTime.monotonicMs());
        }
    }

    private String takeOver(OwnerRecord owner, String evidence) throws OsException {
        if (!isCounted) {
            isCounted = true;
            log.complain(
                    "gateway.preflight.zombie_detected",
                    "The owner of "
                            + state.root()
                            + " (keeper pid "
                            + owner.pid()
                            + ") is replaced: "
                            + evidence);
        }
        String hindrance = Eviction.end(owner, state.lock(), listener());
        if (!hindrance.isEmpty()) {
            log.complain("gateway.preflight.not_replaced", hindrance);
        }
        pauseMs = 0;
        return hindrance;
    }

    private long listener() {
        try (KeeperClient keeper = KeeperClient.connect(state.root())) {
            return keeper.listener();
        } catch (IOException e) {
            return 0;
        }
    }

    /** An owner that ended in good order has taken its file along, and its generation. */
    private void endOrphans() throws OsException {
        if (OwnerRecord.read(state.owner()).isEmpty()) {
            return;
        }
        for (long pid : Eviction.endOrphans(state.socket())) {
            log.complain(
                    "generation.overdue",
                    "Process "
                            + pid
                            + ", a generation without a keeper, did not end; it is killed.");
        }
    }

    /** Reads the mail meanwhile, so that a signal ends the waiting. */
    private boolean isStopWantedWithin(long waitMs) {
        long endMs = HostTime.monotonicMs() + waitMs;
        while (true) {
            long nowMs = HostTime.monotonicMs();
            manager.tick(nowMs);
            if (nowMs >= endMs) {
                return false;
            }
            Mailbox.Mail mail =
                    mailbox.await(Math.max(1, Math.min(endMs, manager.nextMs()) - nowMs));
            if (mail instanceof Mailbox.Mail.Signalled(var name)
                    && (name.equals("TERM") || name.equals("INT"))) {
                return true;
            }
        }
    }
}
