package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Event;
import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.link.Endpoint;
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
    private static final int WISHES_MAX = 128;

    private final KeeperLoop loop;
    private final Door door;
    private final KeeperLog log;
    private final List<OpenWish> openWishes = new ArrayList<>();

    /** A restart somebody waits for. */
    private record OpenWish(LinkDesk.Caller caller, String requestId) {}

    Reception(KeeperLoop loop, Door door, KeeperLog log) {
        this.loop = loop;
        this.door = door;
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
                Generation generation = loop.generation();
                if (generation == null
                        || generation.caller() != caller
                        || !fromGeneration(generation, caller, message)) {
                    caller.send(LinkMessage.of(Word.UNKNOWN).with("word", message.word()));
                }
            }
        }
    }

    @Override
    public void left(LinkDesk.Caller caller) {
        openWishes.removeIf(wish -> wish.caller() == caller);
        Generation generation = loop.generation();
        if (generation != null && generation.caller() == caller) {
            generation.hungUp();
            loop.happen(new Event.Lost());
        }
    }

    /** Tells everybody who waits for a restart what became of it. */
    void settle(boolean isGranted) {
        String text =
                isGranted
                        ? ""
                        : loop.phase() instanceof GatewayPhase.Stopping
                                ? "the gateway is stopping"
                                : "the next generation could not start; look at: evergate logs";
        long generation = isGranted ? loop.owner().generation() : 0;
        for (OpenWish wish : openWishes) {
            wish.caller()
                    .send(new Outcome(wish.requestId(), isGranted, generation, text).toMessage());
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
        switch (message.word()) {
            case Word.STEP -> log.info("generation.step", message.text("text"));
            case Word.OPEN -> open(caller, Endpoint.from(message));
            case Word.RETIRE -> retire(Endpoint.from(message));
            case Word.READY -> loop.becameReady(generation);
            case Word.REFUSED -> loop.refused(generation, Refusal.from(message));
            case Word.FINISHED -> loop.happen(new Event.Finished());
            case Word.BEAT -> generation.beat(Beat.from(message), HostTime.monotonicMs());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void hello(LinkDesk.Caller caller, Hello hello) {
        Generation generation = loop.generation();
        if (generation == null
                || generation.number() != hello.generation()
                || generation.pid() != caller.pid()
                || generation.caller() != null) {
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
        loop.welcome(generation);
    }

    private void open(LinkDesk.Caller caller, Endpoint endpoint) {
        switch (door.open(endpoint)) {
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

    private void retire(Endpoint endpoint) {
        door.retire(endpoint);
        log.info("door.retired", endpoint.name() + " at " + endpoint.place());
    }

    private void wish(LinkDesk.Caller caller, Wish wish) {
        log.info("gateway.wish", wish.kind() + " (" + wish.reason() + ") from pid " + caller.pid());
        boolean isStop = wish.kind() == Wish.Kind.STOP;
        boolean isPossible = isStop || !(loop.phase() instanceof GatewayPhase.Stopping);
        if (isPossible && !isStop && openWishes.size() < WISHES_MAX) {
            openWishes.add(new OpenWish(caller, wish.requestId()));
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
