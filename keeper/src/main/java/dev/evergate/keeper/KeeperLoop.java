package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.GatewayPhase.Effect;
import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Limit;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.GatewayPhase.Sign;
import dev.evergate.keeper.GatewayPhase.Verdict;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Refusal;
import dev.evergate.keeper.link.StopOrder;
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
import java.util.List;

/**
 * The keeper at work: one thread that waits for whatever comes next, lets {@link GatewayPhase}
 * decide and carries the decision out.
 *
 * <p>Nothing in the loop waits for a peer: sockets do not block, log lines are queued.
 * Thread-safety: confined to the thread that calls {@link #run}.
 */
final class KeeperLoop {
    private static final int POLLED_MAX = 512;
    private static final int LINK_BACKLOG = 128;
    private static final long UNSERVED_PATIENCE_MS = 1_000;
    private static final long WAIT_MS_MAX = 10_000;
    private static final long WATCHDOG_RESERVE_MS = 2_000;

    private final OwnerRecord identity;
    private final StateDirectory state;
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
    private final Crew crew;
    private final RestartBook restarts;

    private GatewayPhase phase = GatewayPhase.first().phase();
    private long phaseSinceWallMs = HostTime.wallMs();
    private long deadlineMs = Long.MAX_VALUE;
    private long unservedSinceMs = HostTime.monotonicMs();
    private Finding.Wedged wedge = new Finding.Wedged("", "");
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
        this.mailbox = mailbox;
        this.limits = limits;
        this.log = log;
        manager = outside.manager();
        isSupervised = outside.isSupervised();
        door = new Door(outside.stored());
        leftovers = new Leftovers(log);
        watchman = new Watchman(log);
        condemned = new Condemned(state, mailbox, limits, log);
        restarts = new RestartBook(limits, log);
        crew = new Crew(identity, launcher, condemned, door, restarts, mailbox, log);
        reception = new Reception(this, crew, door, restarts, log);
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
            act(GatewayPhase.first().effects(), new Event.RestartWanted());
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

    /** The answer to who keeps this state directory. */
    Owner owner() {
        Generation current = crew.main();
        String version = current == null ? "" : current.version();
        return new Owner(
                identity.pid(),
                identity.instance(),
                phase.label(),
                crew.number(),
                current == null ? 0 : current.pid(),
                version.isEmpty() ? identity.version() : version,
                phaseSinceWallMs,
                door.places());
    }

    /** Time left in this phase, in ms. */
    long leftMs() {
        return Math.max(0, deadlineMs - HostTime.monotonicMs());
    }

    /** The main generation serves: from here on every connection is its. */
    void becameReady(Generation ready) {
        if (phase instanceof GatewayPhase.Booting && ready == crew.main()) {
            crew.serves(ready);
            happen(new Event.Ready());
            restarts.forgetWishes();
            manager.ready("generation " + ready.number() + " serves", HostTime.monotonicMs());
        }
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
        if (phase instanceof GatewayPhase.Stopping(var _, var ending, var _)
                && ending != GatewayPhase.Ending.ASKED) {
            door.close(); // Nobody accepts any more: connections must not wait for the last step.
        }
        act(next.effects(), event);
        if (!before.label().equals(phase.label())) {
            desk.tellWatchers(reception.phaseEvent());
        }
        if (phase.isServing()) {
            restarts.deliver(this::tellOfRestart);
        }
    }

    /** Whoever serves keeps the report; whoever watches only reads it. */
    private boolean tellOfRestart(LinkMessage report) {
        boolean isTaken = crew.tellMain(report);
        if (isTaken) {
            desk.tellWatchers(report);
        }
        return isTaken;
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
        watchman.wokeUp(crew.main(), waitMs, HostTime.monotonicMs());
        for (Mailbox.Mail mail = mailbox.take(); mail != null; mail = mailbox.take()) {
            read(mail);
        }
        desk.attend(poll);
        long nowMs = HostTime.monotonicMs();
        if (isStandingIn && isUnserved(nowMs)) {
            standIn.welcome(poll, door.listeners(), nowMs);
        }
        standIn.attend(poll, nowMs, crew.number());
        tick(nowMs);
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
        Generation current = crew.main();
        if (current != null && phase.isJudging()) {
            next = Math.min(next, Watchman.nextMs(current));
        }
        if (isBetweenGenerations() && !isUnserved(nowMs)) {
            next = Math.min(next, unservedSinceMs + UNSERVED_PATIENCE_MS);
        }
        return (int) Math.clamp(next - nowMs, 0, WAIT_MS_MAX);
    }

    private void judge(long nowMs) {
        Generation current = crew.main();
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
        leftovers.tick(nowMs, crew.pids());
        manager.tick(nowMs);
    }

    private void read(Mailbox.Mail mail) {
        switch (mail) {
            case Mailbox.Mail.Signalled(var name) -> signalled(name);
            case Mailbox.Mail.Exited(var number, var status) -> exited(number, status);
            case Mailbox.Mail.Described(var number, var summary) ->
                    condemned.described(number, summary);
            case Mailbox.Mail.NotStarted(var refusal, var role) -> notStarted(refusal, role);
            case Mailbox.Mail.NotConnected(var reason) -> {
                restarts.failed(reason);
                happen(new Event.Beside(Sign.ENDING));
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
            case "USR1", "USR2" -> {
                restarts.wished("SIG" + name);
                happen(new Event.RestartWanted());
            }
            case "HUP" -> happen(new Event.ReloadWanted());
            default ->
                    happen(
                            phase instanceof GatewayPhase.Stopping
                                    ? new Event.StopNowWanted()
                                    : new Event.StopWanted());
        }
    }

    private void notStarted(Refusal refusal, Role role) {
        log.complain("generation.not-started", refusal.message());
        if (role == Role.MAIN) {
            happen(new Event.Refused(refusal, false));
            happen(new Event.Ended(-1, false));
        } else {
            restarts.failed(refusal.message());
            happen(new Event.Beside(Sign.GONE));
        }
    }

    private void exited(long number, int status) {
        long nowMs = HostTime.monotonicMs();
        leftovers.sweepFrom(nowMs);
        desk.settle(); // Its last words may still lie in the socket.
        Generation gone = condemned.ended(number);
        Generation ended = crew.numbered(number);
        Generation dead = ended == null ? gone : ended;
        if (dead != null && !(phase instanceof GatewayPhase.Stopping)) {
            crew.ended(dead);
        }
        if (ended == null) {
            if (gone != null) {
                long lasted = gone.servedMs(nowMs);
                bury(number, status, lasted, Obituary.Follow.NOTHING);
                restarts.failedBecauseOf(number, Obituary.how(number, status));
            }
        } else if (ended == crew.main()) {
            mainEnded(ended, status, nowMs);
        } else {
            besideEnded(ended, status, nowMs);
        }
        crew.inherit(leftMs());
    }

    private void mainEnded(Generation ended, int status, long nowMs) {
        long servedMs = ended.servedMs(nowMs);
        if (servedMs >= 0) {
            unservedSinceMs = nowMs;
        }
        leave(ended, nowMs);
        boolean isWanted = phase instanceof GatewayPhase.Stopping;
        bury(
                ended.number(),
                status,
                servedMs,
                isWanted ? Obituary.Follow.NOTHING : Obituary.Follow.NEXT);
        restarts.failed(Obituary.how(ended.number(), status));
        happen(new Event.Ended(servedMs, ended.endedFromOutside(status)));
    }

    private void besideEnded(Generation ended, int status, long nowMs) {
        long servedMs = ended.servedMs(nowMs);
        leave(ended, nowMs);
        bury(ended.number(), status, servedMs, Obituary.Follow.NOTHING);
        if (ended.hasServed()) {
            restarts.mark(RestartReport.Mark.ENDED);
        } else {
            restarts.successorEnded(ended, status);
            crew.giveUpWishes();
        }
        happen(new Event.Beside(Sign.GONE));
    }

    private void leave(Generation ended, long nowMs) {
        crew.remove(ended);
        LinkDesk.Caller caller = ended.caller();
        if (caller != null) {
            caller.hangUp();
        }
        leftovers.tick(nowMs, crew.pids());
    }

    private void bury(long number, int status, long servedMs, Obituary.Follow follow) {
        log.about(number);
        Obituary.write(log, state.errors(number), number, status, servedMs, follow);
        aboutMain();
    }

    private void changedFrom(GatewayPhase before) {
        aboutMain();
        phaseSinceWallMs = HostTime.wallMs();
        long nowMs = HostTime.monotonicMs();
        restarts.changed(before, phase);
        log.info("gateway.phase", before.label() + " -> " + phase.label());
        switch (phase) {
            case GatewayPhase.Stopping stopping -> {
                manager.stopping(nowMs);
                mailbox.watchdog().expect(stopping.verdict().exit());
                mailbox.watchdog().arm();
            }
            case GatewayPhase.HandingOver _ -> manager.reloading(nowMs);
            case GatewayPhase.Serving _ when before.isServing() -> manager.ready(serving(), nowMs);
            case GatewayPhase.Draining _ -> {
                // Who serves changes with the first effect.
            }
            case GatewayPhase.Booting _,
                    GatewayPhase.Serving _,
                    GatewayPhase.Rehearsing _,
                    GatewayPhase.Aborting _,
                    GatewayPhase.Backoff _ ->
                    manager.status(phase.label(), nowMs);
        }
    }

    /** What is logged from here on concerns the main generation. */
    void aboutMain() {
        log.about(crew.number());
    }

    private String serving() {
        return "generation " + crew.number() + " serves";
    }

    private void act(List<Effect> effects, Event event) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Launch(var mode) -> {
                    restarts.changed(phase, phase);
                    crew.launch(mode);
                }
                case Effect.LaunchBeside _ -> launchBeside(event);
                case Effect.HandOver _ -> crew.handOver(limits.handOverMs());
                case Effect.Abort _ -> crew.abort(restarts.lastWhy());
                case Effect.Promote _ -> promote();
                case Effect.Reload _ -> crew.reload();
                case Effect.Tell(var role, var reason) -> tellToEnd(role, reason);
                case Effect.Kill(var role, var cause) -> crew.kill(role, cause, wedge);
                case Effect.Condemn(var role, var cause) -> condemn(role, cause);
                case Effect.Settle(var isGranted) -> reception.settle(isGranted);
                case Effect.Within(var limit) -> within(limit);
                case Effect.Exit(var end) -> verdict = end;
            }
        }
    }

    private void within(Limit limit) {
        long ms = limits.msOf(limit, phase);
        deadlineMs = limit == Limit.NONE ? ms : HostTime.monotonicMs() + ms;
    }

    /** The successor is the main generation now: it has committed, or it goes on alone. */
    private void promote() {
        crew.promote();
        aboutMain();
        Generation main = crew.main();
        if (main != null && phase.isServing()) {
            watchman.forget();
            crew.serves(main);
            manager.ready(serving(), HostTime.monotonicMs());
        }
        crew.inherit(leftMs());
    }

    private void tellToEnd(Role role, String reason) {
        long ms = reason.equals(StopOrder.HANDED) ? limits.drainMs() : limits.stopMs();
        crew.tellToEnd(role, new StopOrder(ms, reason));
    }

    private void launchBeside(Event event) {
        boolean isReload = event instanceof Event.ReloadWanted;
        crew.launchBeside(isReload ? "the configuration changed" : "a normal start is tried again");
        aboutMain();
    }

    private void condemn(Role role, Cause cause) {
        crew.condemn(role, cause, wedge);
        if (role == Role.MAIN) {
            unservedSinceMs = HostTime.monotonicMs();
        }
    }

    private void close() {
        crew.killAll();
        leftovers.sweepAll();
        standIn.close();
        desk.close();
        door.close();
        poll.close();
    }
}
