package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Refusal;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.link.Welcome;
import dev.evergate.keeper.link.Word;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.PollSet;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.os.WakeUp;
import dev.evergate.keeper.owner.OwnerRecord;
import dev.evergate.keeper.supervisor.ServiceManager;
import dev.evergate.keeper.supervisor.StoredListeners;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.keeper.watch.Finding;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The keeper at work: one thread that waits for whatever comes next, lets {@link GatewayPhase}
 * decide and carries the decision out.
 *
 * <p>Nothing in the loop waits for a peer: sockets do not block, log lines are queued.
 * Thread-safety: confined to the thread that calls {@link #run}.
 */
final class KeeperLoop {
    private static final int POLLED_MAX = 256;
    private static final int LINK_BACKLOG = 16;
    private static final long UNSERVED_PATIENCE_MS = 1_000;
    private static final long WAIT_MS_MAX = 10_000;
    private static final long WATCHDOG_RESERVE_MS = 2_000;

    private final OwnerRecord identity;
    private final StateDirectory state;
    private final GenerationLauncher launcher;
    private final Mailbox mailbox;
    private Limits limits;
    private final KeeperLog log;

    private final Door door;
    private final StandIn standIn = new StandIn();
    private final PollSet poll = new PollSet(POLLED_MAX);
    private final Reception reception;
    private final LinkDesk desk;
    private final ServiceManager manager;
    private final boolean isSupervised;
    private final Leftovers leftovers;
    private final Watchman watchman;
    private final Condemned condemned;

    private GatewayPhase phase = GatewayPhase.first().phase();
    private long phaseSinceWallMs = HostTime.wallMs();
    private long deadlineMs = Long.MAX_VALUE;
    private long unservedSinceMs = HostTime.monotonicMs();
    private Finding.Wedged wedge = new Finding.Wedged("", "");
    private @Nullable Generation generation;
    private @Nullable Verdict verdict;

    /** Whoever started us. */
    record Outside(ServiceManager manager, boolean isSupervised, StoredListeners stored) {}

    KeeperLoop(
            OwnerRecord identity,
            StateDirectory state,
            GenerationLauncher launcher,
            Mailbox mailbox,
            Limits limits,
            Outside outside,
            KeeperLog log)
            throws IOException {
        this.identity = identity;
        this.state = state;
        this.launcher = launcher;
        this.mailbox = mailbox;
        this.limits = limits;
        this.log = log;
        manager = outside.manager();
        isSupervised = outside.isSupervised();
        door = new Door(outside.stored());
        leftovers = new Leftovers(log);
        watchman = new Watchman(log);
        condemned = new Condemned(state, mailbox, limits, log);
        reception = new Reception(this, door, log);
        desk =
                new LinkDesk(
                        PacketSocket.listen(state.socket(), LINK_BACKLOG),
                        ProcessControl.userId(),
                        reception);
        mailbox.ring(new WakeUp());
        mailbox.watchdog().allow(limits.wholeStopMs() + WATCHDOG_RESERVE_MS);
    }

    /** Keeps the gateway going until it is to end, and says how. */
    Verdict run() throws OsException {
        try {
            act(GatewayPhase.first().effects());
            while (verdict == null) {
                round();
            }
            return verdict;
        } finally {
            close();
        }
    }

    GatewayPhase phase() {
        return phase;
    }

    /** The generation whose process runs, null for none. */
    @Nullable Generation generation() {
        return generation;
    }

    /** The answer to who keeps this state directory. */
    Owner owner() {
        Generation current = generation;
        String version = current == null ? "" : current.version();
        return new Owner(
                identity.pid(),
                identity.instance(),
                phase.label(),
                launcher.last(),
                current == null ? 0 : current.pid(),
                version.isEmpty() ? identity.version() : version,
                phaseSinceWallMs,
                door.places());
    }

    /** Lets a generation begin, once all before it are dead: it may take their leases then. */
    void welcome(Generation to) {
        LinkDesk.Caller caller = to.caller();
        long number = to.number();
        if (caller != null && to.isWaiting() && !condemned.hasBefore(number)) {
            to.welcome();
            long leftMs = Math.max(0, deadlineMs - HostTime.monotonicMs());
            String mode = to.mode().label();
            caller.send(
                    new Welcome(number, identity.instance(), mode, number - 1, 0, leftMs)
                            .toMessage());
        }
    }

    /** The generation serves: from here on every connection is its. */
    void becameReady(Generation ready) {
        if (!(phase instanceof GatewayPhase.Booting)) {
            return;
        }
        ready.becameReady(HostTime.monotonicMs());
        for (Endpoint endpoint : door.closeUnwanted()) {
            log.info("door.retired", endpoint.name() + " at " + endpoint.place());
        }
        happen(new Event.Ready());
        manager.ready("generation " + ready.number() + " serves", HostTime.monotonicMs());
    }

    /** The generation cannot serve; a person is told unless that ends the keeper, which tells. */
    void refused(Generation refusing, Refusal refusal) {
        boolean mayWait = isSupervised && door.isHeldElsewhere();
        if (mayWait && phase instanceof GatewayPhase.Booting) {
            manager.waiting(refusal.message(), HostTime.monotonicMs());
        }
        happen(new Event.Refused(refusal, mayWait));
        String text = "Generation " + refusing.number() + " cannot serve: " + refusal.message();
        if (phase instanceof GatewayPhase.Stopping) {
            log.warn("generation.refused", text);
        } else {
            log.complain("generation.refused", text);
        }
    }

    /** Lets the phase table decide what follows from an event, and does it. */
    void happen(Event event) {
        GatewayPhase before = phase;
        GatewayPhase.Next next = GatewayPhase.next(before, event);
        phase = next.phase();
        if (!before.label().equals(phase.label())) {
            changedFrom(before);
        }
        if (phase instanceof GatewayPhase.Stopping(var _, var ending)
                && ending != GatewayPhase.Ending.ASKED) {
            door.close(); // Nobody accepts any more: connections must not wait for the last step.
        }
        act(next.effects());
    }

    private void round() throws OsException {
        long beforeMs = HostTime.monotonicMs();
        boolean isStandingIn = isUnserved(beforeMs) && standIn.hasRoom(beforeMs);
        poll.clear();
        mailbox.addTo(poll);
        desk.addTo(poll);
        standIn.addTo(poll);
        if (isStandingIn) {
            for (TcpListener listener : door.listeners()) {
                poll.add(listener.descriptor());
            }
        }
        int waitMs = waitMs(beforeMs);
        poll.await(waitMs);
        watchman.wokeUp(generation, waitMs, HostTime.monotonicMs());
        for (Mailbox.Mail mail = mailbox.take(); mail != null; mail = mailbox.take()) {
            read(mail);
        }
        desk.attend(poll);
        long nowMs = HostTime.monotonicMs();
        if (isStandingIn && isUnserved(nowMs)) {
            standIn(nowMs);
        }
        standIn.attend(poll, nowMs, launcher.last());
        tick(nowMs);
    }

    private void standIn(long nowMs) {
        for (TcpListener listener : door.listeners()) {
            if (poll.isReady(listener.descriptor())) {
                standIn.welcome(listener, nowMs);
            }
        }
    }

    /** Whether nobody has served for so long that the keeper answers itself. */
    private boolean isUnserved(long nowMs) {
        return isBetweenGenerations() && nowMs - unservedSinceMs >= UNSERVED_PATIENCE_MS;
    }

    private boolean isBetweenGenerations() {
        return phase instanceof GatewayPhase.Booting || phase instanceof GatewayPhase.Backoff;
    }

    private int waitMs(long nowMs) {
        long next = Math.min(Math.min(deadlineMs, standIn.nextMs(nowMs)), manager.nextMs());
        next = Math.min(Math.min(next, leftovers.nextMs()), condemned.nextMs());
        if (generation != null && phase.isJudging()) {
            next = Math.min(next, Watchman.nextMs(generation));
        }
        if (isBetweenGenerations() && !isUnserved(nowMs)) {
            next = Math.min(next, unservedSinceMs + UNSERVED_PATIENCE_MS);
        }
        return (int) Math.clamp(next - nowMs, 0, WAIT_MS_MAX);
    }

    private void judge(long nowMs) {
        Generation current = generation;
        if (current != null
                && phase.isJudging()
                && watchman.look(current, nowMs) instanceof Finding.Wedged found) {
            wedge = found;
            happen(new Event.Wedged(current.servedMs(nowMs)));
        }
    }

    private void tick(long nowMs) {
        judge(nowMs);
        condemned.tick(nowMs);
        if (nowMs >= deadlineMs) {
            deadlineMs = Long.MAX_VALUE;
            happen(new Event.DeadlinePassed());
        }
        leftovers.tick(nowMs, livingPids());
        manager.tick(nowMs);
    }

    private void read(Mailbox.Mail mail) {
        switch (mail) {
            case Mailbox.Mail.Signalled(var name) -> signalled(name);
            case Mailbox.Mail.Exited(var number, var status) -> exited(number, status);
            case Mailbox.Mail.Described(var number, var summary) ->
                    condemned.described(number, summary);
            case Mailbox.Mail.NotStarted(var refusal) -> {
                log.complain("generation.not-started", refusal.message());
                happen(new Event.Refused(refusal, false));
                happen(new Event.Ended(-1, false));
            }
            case Mailbox.Mail.StopGranted(var graceMs) -> granted(graceMs);
        }
    }

    /** Whoever stops us has said how long that may take. */
    private void granted(long graceMs) {
        limits = limits.granted(graceMs);
        mailbox.watchdog().allow(limits.wholeStopMs() + WATCHDOG_RESERVE_MS);
    }

    private void signalled(String name) {
        log.info("keeper.signal", "SIG" + name);
        switch (name) {
            case "USR1", "USR2" -> happen(new Event.RestartWanted());
            case "HUP" -> happen(new Event.ReloadWanted());
            default ->
                    happen(
                            phase instanceof GatewayPhase.Stopping
                                    ? new Event.StopNowWanted()
                                    : new Event.StopWanted());
        }
    }

    private void exited(long number, int status) {
        long nowMs = HostTime.monotonicMs();
        leftovers.sweepFrom(nowMs);
        Generation gone = condemned.ended(number);
        Generation ended = generation;
        if (ended == null || ended.number() != number) {
            if (gone != null) {
                long lasted = gone.servedMs(nowMs);
                Obituary.write(log, state.errors(number), number, status, lasted, true);
            }
            if (ended != null) {
                welcome(ended); // It may have waited for this.
            }
            return;
        }
        desk.settle(); // Its last words may still lie in the socket.
        long servedMs = ended.servedMs(nowMs);
        if (servedMs >= 0) {
            unservedSinceMs = nowMs;
        }
        generation = null;
        LinkDesk.Caller caller = ended.caller();
        if (caller != null) {
            caller.hangUp();
        }
        leftovers.tick(nowMs, livingPids());
        boolean isWanted =
                phase instanceof GatewayPhase.Stopping || phase instanceof GatewayPhase.Restarting;
        Obituary.write(log, state.errors(number), number, status, servedMs, isWanted);
        happen(new Event.Ended(servedMs, ended.endedFromOutside(status)));
    }

    private List<Long> livingPids() {
        List<Long> pids = new ArrayList<>();
        pids.add(generationPid());
        condemned.addPids(pids);
        return pids;
    }

    private long generationPid() {
        Generation current = generation;
        return current == null ? 0 : current.pid();
    }

    private void changedFrom(GatewayPhase before) {
        phaseSinceWallMs = HostTime.wallMs();
        log.info("gateway.phase", before.label() + " -> " + phase.label());
        desk.tellWatchers(reception.phaseEvent());
        if (phase instanceof GatewayPhase.Stopping(var ending, var _)) {
            manager.stopping(HostTime.monotonicMs());
            mailbox.watchdog().expect(ending.exit());
            mailbox.watchdog().arm();
        } else if (phase instanceof GatewayPhase.Restarting) {
            manager.reloading(HostTime.monotonicMs());
        } else {
            manager.status(phase.label(), HostTime.monotonicMs());
        }
    }

    private void act(List<Effect> effects) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Launch(var mode) -> launch(mode);
                case Effect.Reload _ -> tell(LinkMessage.of(Word.EVENT).with("name", "reload"));
                case Effect.Tell(var reason) -> tellToEnd(reason);
                case Effect.Kill(var cause) -> kill(cause, false);
                case Effect.Settle(var isGranted) -> reception.settle(isGranted);
                case Effect.Condemn _ -> condemn();
                case Effect.Within(var limit) ->
                        deadlineMs = HostTime.monotonicMs() + durationMs(limit);
                case Effect.Exit(var end) -> verdict = end;
            }
        }
    }

    private long durationMs(Limit limit) {
        return switch (limit) {
            case START -> limits.startMs();
            case PROOF -> limits.proofMs();
            case STOP -> limits.stopMs();
            case EXIT -> limits.exitMs();
            case KILL -> Condemned.DESCRIBE_MS + limits.killMs();
            case RETRY -> limits.retryMs();
            case BACKOFF ->
                    phase instanceof GatewayPhase.Backoff(var track)
                            ? Backoff.delayMs(track.failures() + track.waits(), HostTime.fraction())
                            : 0;
        };
    }

    private void launch(GatewayPhase.Mode mode) {
        door.forgetWishes();
        switch (launcher.launch(identity, mode)) {
            case GenerationLauncher.Launch.Started(var started) -> generation = started;
            case GenerationLauncher.Launch.Failed(var refusal) ->
                    mailbox.post(new Mailbox.Mail.NotStarted(refusal));
        }
    }

    private void tellToEnd(String reason) {
        if (!tell(new StopOrder(limits.stopMs(), reason).toMessage())) {
            Generation current = generation;
            if (current != null) {
                current.kill(); // It has not even said hello: nothing of it can be lost.
            }
        }
    }

    private boolean tell(LinkMessage message) {
        Generation current = generation;
        LinkDesk.Caller caller = current == null ? null : current.caller();
        if (caller == null) {
            return false;
        }
        caller.send(message);
        return true;
    }

    /** Lets a wedged generation go, so that the next one can come while it is described. */
    private void condemn() {
        kill(GatewayPhase.Cause.WEDGED, true);
        unservedSinceMs = HostTime.monotonicMs();
        generation = null;
    }

    private void kill(GatewayPhase.Cause cause, boolean isReplaced) {
        Generation current = generation;
        if (current != null) {
            condemned.add(current, cause, isReplaced, wedge);
        }
    }

    private void close() {
        Generation current = generation;
        if (current != null) {
            current.kill();
        }
        leftovers.sweepAll();
        standIn.close();
        desk.close();
        door.close();
        poll.close();
    }
}
