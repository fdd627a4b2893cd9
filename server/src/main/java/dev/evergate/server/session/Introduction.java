package dev.evergate.server.session;

import dev.evergate.server.access.AccessPolicy.Decision;
import dev.evergate.server.session.Handshake.FirstFrame.Refused;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.RequestFrame;
import dev.evergate.server.ws.CloseCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A client's way from the challenge to being known. Lives on the connection's event loop; only who
 * it is is decided beside it.
 */
final class Introduction {
    private static final Logger log = LoggerFactory.getLogger(Introduction.class);

    private final Hall hall;
    private final Shard shard;
    private final Greeting greeting;
    private final BiConsumer<JsonText, Decision.Granted> letIn;
    private final Consumer<Refused> turnAway;
    private boolean isDeciding;

    /** What it has taken of the memory for those who have not said who they are. */
    private long reservedBytes;

    /** Tells a decision that is waited for from one that came too late. */
    private int round;

    /**
     * @param letIn is told whose {@code connect}, by its id, is to be answered how
     * @param turnAway is told how the connection is to end
     */
    Introduction(
            Hall hall,
            Shard shard,
            Greeting greeting,
            BiConsumer<JsonText, Decision.Granted> letIn,
            Consumer<Refused> turnAway) {
        this.hall = hall;
        this.shard = shard;
        this.greeting = greeting;
        this.letIn = letIn;
        this.turnAway = turnAway;
    }

    Greeting greeting() {
        return greeting;
    }

    /** Takes a message, whose bytes are valid only during this call. */
    void take(byte[] payload, int length) {
        if (isDeciding) {
            keep(Arrays.copyOf(payload, length));
            return;
        }
        switch (Handshake.classify(RequestFrame.read(hall.services().json(), payload, length))) {
            case Refused refused -> turnAway.accept(refused);
            case Handshake.FirstFrame.Connect(var request)
                    when keep(Arrays.copyOf(payload, length)) ->
                    decide(request.id(), request.params().detached());
            case Handshake.FirstFrame.Connect _ ->
                    log.debug("{} is turned away", greeting.handshake().peer().address());
        }
    }

    /** Keeps a message until it can be worked on; false if it must not, and the client goes. */
    private boolean keep(byte[] frame) {
        if (!greeting.keep(frame)) {
            turnAway(CloseCode.POLICY, "too many pending handshake frames");
            return false;
        }
        if (hall.strangersBudget().isSmall(greeting.keptBytes())) {
            return true;
        }
        if (!hall.strangersBudget().reserve(frame.length)) {
            turnAway(CloseCode.TRY_LATER, "too many clients are coming in; try again later");
            return false;
        }
        reservedBytes += frame.length;
        return true;
    }

    private void turnAway(CloseCode close, String reason) {
        turnAway.accept(new Refused(Optional.empty(), close, reason));
    }

    /** Gives up what was kept, the {@code connect} first. */
    List<byte[]> takeKept() {
        hall.strangersBudget().release(reservedBytes);
        reservedBytes = 0;
        return greeting.takeKept();
    }

    private void decide(JsonText requestId, JsonText params) {
        isDeciding = true;
        int asked = ++round;
        hall.services()
                .world()
                .tasks()
                .start(
                        "connect",
                        () -> {
                            Decision decision = greeting.handshake().decide(hall, params);
                            var _ = shard.run(() -> apply(asked, requestId, params, decision));
                        });
    }

    private void apply(int asked, JsonText requestId, JsonText params, Decision decision) {
        if (asked != round) {
            return;
        }
        switch (decision) {
            case Decision.Granted granted when !hall.policy().isCurrent(granted) ->
                    decide(requestId, params);
            case Decision.Granted granted -> letIn.accept(requestId, granted);
            case Decision.Refused refused when refused.delayMs() > 0 -> {
                Runnable late = () -> refuse(asked, requestId, refused);
                var _ = shard.loop().schedule(late, refused.delayMs(), TimeUnit.MILLISECONDS);
            }
            case Decision.Refused refused -> refuse(asked, requestId, refused);
        }
    }

    private void refuse(int asked, JsonText requestId, Decision.Refused refused) {
        if (asked == round) {
            var answer = new Handshake.Answer(requestId, refused.error());
            turnAway.accept(
                    new Refused(Optional.of(answer), refused.close(), refused.closeReason()));
        }
    }

    /** Waits for no decision any more: what was kept is taken again, here or elsewhere. */
    void pause() {
        isDeciding = false;
        round++;
    }
}
