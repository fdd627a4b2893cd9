package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.GatewayPhase.Sign;
import dev.evergate.keeper.RestartReport.Mark;
import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.link.Committed;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.Handed;
import dev.evergate.keeper.link.Hello;
import dev.evergate.keeper.link.LinkFormatException;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Refusal;
import dev.evergate.keeper.link.Wish;
import dev.evergate.keeper.link.Word;
import dev.evergate.keeper.time.HostTime;

import java.util.ArrayList;
import java.util.List;

/**
 * Understands what generations and the command line say to the keeper.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class Reception implements LinkDesk.Clerk {
    private static final int WISHES_MAX = LinkDesk.CALLERS_MAX;

    private final KeeperLoop loop;
    private final Crew crew;
    private final Door door;
    private final RestartBook restarts;
    private final KeeperLog log;
    private final List<OpenWish> openWishes = new ArrayList<>();

    /** A restart somebody waits for. */
    private record OpenWish(LinkDesk.Caller caller, String requestId) {}

    Reception(KeeperLoop loop, Crew crew, Door door, RestartBook restarts, KeeperLog log) {
        this.loop = loop;
        this.crew = crew;
        this.door = door;
        this.restarts = restarts;
        this.log = log;
    }

    @Override
    public void handle(LinkDesk.Caller caller, LinkMessage message) throws LinkFormatException {
        switch (message.word()) {
            case Word.WHO -> caller.send(loop.owner().toMessage(Word.OWNER));
            case Word.WATCH -> {
                caller.watch();
                caller.send(phaseEvent());
            }
            case Word.WANT -> wish(caller, Wish.from(message));
            case Word.HELLO -> hello(caller, Hello.from(message));
            case Word.UNKNOWN ->
                    log.info("link.unknown", "A peer does not know " + message.text("word", "?"));
            default -> {
                Generation generation = crew.at(caller);
                if (generation == null || !fromGeneration(generation, caller, message)) {
                    caller.send(LinkMessage.of(Word.UNKNOWN).with("word", message.word()));
                }
                loop.aboutMain();
            }
        }
    }

    @Override
    public void left(LinkDesk.Caller caller) {
        openWishes.removeIf(wish -> wish.caller() == caller);
        Generation generation = crew.at(caller);
        if (generation != null) {
            generation.hungUp();
            happen(generation, new Event.Lost());
        }
    }

    /** Tells everybody who waits for a restart what became of it. */
    void settle(boolean isGranted) {
        Outcome outcome =
                switch (loop.phase()) {
                    case GatewayPhase.Stopping _ ->
                            new Outcome("", false, 0, "the gateway is stopping");
                    case GatewayPhase.Serving _ when !isGranted -> {
                        long number = loop.owner().generation();
                        String on = "; generation " + number + " serves on";
                        yield new Outcome("", false, number, restarts.lastWhy() + on);
                    }
                    case GatewayPhase phase when isGranted ->
                            new Outcome("", true, loop.owner().generation(), "");
                    case GatewayPhase _ ->
                            new Outcome(
                                    "",
                                    false,
                                    0,
                                    "the next generation could not start; look at: evergate logs");
                };
        for (OpenWish wish : openWishes) {
            wish.caller().send(outcome.to(wish.requestId()).toMessage());
        }
        openWishes.clear();
    }

    /** What watchers are told. */
    LinkMessage phaseEvent() {
        return loop.owner().toMessage(Word.EVENT).with("name", "phase");
    }

    private boolean fromGeneration(
            Generation generation, LinkDesk.Caller caller, LinkMessage message)
            throws LinkFormatException {
        Role role = crew.roleOf(generation);
        log.about(generation.number());
        switch (message.word()) {
            case Word.STEP -> log.info("generation.step", message.text("text"));
            case Word.OPEN -> open(caller, Endpoint.from(message), role);
            case Word.RETIRE -> retire(Endpoint.from(message), role);
            case Word.READY -> ready(generation);
            case Word.REFUSED -> refused(generation, Refusal.from(message));
            case Word.FINISHED -> finished(generation);
            case Word.BEAT -> generation.beat(Beat.from(message), HostTime.monotonicMs());
            case Word.REHEARSED -> rehearsed(generation);
            case Word.COMMITTED -> committed(generation, Committed.from(message));
            case Word.BROKEN -> broken(generation, message.text("reason", "for no reason"));
            case Word.HANDED -> handed(Handed.from(message));
            case Word.REPORT -> report(generation, message);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Tells the phases what one of the two does by itself. */
    private void happen(Generation generation, Event event) {
        loop.happen(crew.roleOf(generation) == Role.MAIN ? event : new Event.Beside(Sign.ENDING));
    }

    private void ready(Generation generation) {
        if (crew.roleOf(generation) == Role.MAIN) {
            loop.becameReady(generation);
        } else if (!generation.hasServed()) {
            restarts.failed(
                    "generation "
                            + generation.number()
                            + " knows nothing of a predecessor and serves by itself");
            loop.happen(new Event.Beside(Sign.ENDING));
        }
    }

    private void refused(Generation generation, Refusal refusal) {
        generation.refused();
        if (crew.roleOf(generation) == Role.MAIN) {
            loop.refused(generation, refusal);
            return;
        }
        String text = "eneration " + generation.number() + " cannot serve: " + refusal.message();
        log.warn("generation.refused", "G" + text);
        restarts.failed("g" + text);
        loop.happen(new Event.Beside(Sign.ENDING));
    }

    private void finished(Generation generation) {
        if (generation.hasServed()) {
            restarts.mark(Mark.DRAINED);
        }
        happen(generation, new Event.Finished());
    }

    private void rehearsed(Generation generation) {
        generation.rehearsed();
        if (crew.roleOf(generation) == Role.MAIN) {
            crew.letInherit(loop.leftMs());
        } else if (!generation.hasServed()) {
            restarts.mark(Mark.REHEARSED);
            loop.happen(new Event.Beside(Sign.REHEARSED));
        }
    }

    private void committed(Generation generation, Committed committed) {
        RestartReport report = restarts.current();
        if (report != null) {
            report.committed(committed);
        }
        if (crew.roleOf(generation) == Role.MAIN) {
            loop.becameReady(generation);
        } else {
            loop.happen(new Event.Beside(Sign.COMMITTED));
        }
    }

    private void broken(Generation generation, String reason) {
        log.warn("restart.broken", "Generation " + generation.number() + ": " + reason);
        if (crew.roleOf(generation) == Role.MAIN) {
            restarts.suspected(reason);
            loop.happen(new Event.Broken());
        }
    }

    private void handed(Handed handed) {
        RestartReport report = restarts.current();
        if (report != null) {
            report.handed(handed, HostTime.monotonicMs());
        }
    }

    private void report(Generation generation, LinkMessage message) {
        RestartReport report = restarts.current();
        if (report != null) {
            boolean isFrom = report.from() == generation.number();
            report.add(isFrom ? "predecessor" : "successor", message.fields());
        }
    }

    private void hello(LinkDesk.Caller caller, Hello hello) {
        Generation generation = crew.numbered(hello.generation());
        if (generation == null || generation.pid() != caller.pid() || generation.caller() != null) {
            log.warn(
                    "link.stranger",
                    "Process " + caller.pid() + " claims to be generation " + hello.generation());
            caller.send(
                    LinkMessage.of(Word.ABORT)
                            .with("reason", "this keeper did not start you as that generation"));
            caller.hangUp();
            return;
        }
        generation.saidHello(caller, hello.version());
        RestartReport report = restarts.current();
        if (report != null && report.to() == generation.number()) {
            report.version("toVersion", hello.version());
            restarts.mark(Mark.LAUNCHED);
        }
        crew.welcome(generation, loop.leftMs());
    }

    private void open(LinkDesk.Caller caller, Endpoint endpoint, Role role) {
        switch (door.open(endpoint, role)) {
            case Door.Answer.Held(var actual, var listener) -> {
                log.info("door.open", actual.name() + " at " + actual.place());
                caller.send(actual.toMessage(Word.LISTENER), listener.descriptor());
            }
            case Door.Answer.Failed(var cannot) -> {
                log.warn(
                        "door.failed",
                        endpoint.name() + " at " + endpoint.place() + ": " + cannot.reason());
                caller.send(cannot.toMessage());
            }
        }
    }

    private void retire(Endpoint endpoint, Role role) {
        door.retire(endpoint, role);
        log.info("door.retired", endpoint.name() + " at " + endpoint.place());
    }

    private void wish(LinkDesk.Caller caller, Wish wish) {
        log.info("gateway.wish", wish.kind() + " (" + wish.reason() + ") from pid " + caller.pid());
        boolean isStop = wish.kind() == Wish.Kind.STOP;
        boolean isPossible = isStop || !(loop.phase() instanceof GatewayPhase.Stopping);
        if (isPossible && !isStop && openWishes.size() < WISHES_MAX) {
            openWishes.add(new OpenWish(caller, wish.requestId()));
            restarts.wished(wish.reason());
            loop.happen(new Event.RestartWanted());
            return;
        }
        long number = loop.owner().generation();
        caller.send(
                new Outcome(
                                wish.requestId(),
                                isStop,
                                number,
                                isStop ? "" : "the gateway is stopping or has too many wishes")
                        .toMessage());
        if (isStop) {
            loop.happen(new Event.StopWanted());
        }
    }
}
