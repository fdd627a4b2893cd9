package dev.evergate.server.session;

import dev.evergate.server.access.AccessPolicy.Decision;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.Scrutiny;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.rpc.Call;
import dev.evergate.server.tls.TlsChannel;
import dev.evergate.server.transit.FrozenCodec;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.RequestFrame;
import dev.evergate.server.ws.CloseCode;
import dev.evergate.server.ws.FrameDecoder;
import dev.evergate.server.ws.FrameEncoder;
import dev.evergate.server.ws.FrameSink;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One WebSocket client, from the challenge to the end. Lives on the event loop of its shard: every
 * method runs there.
 *
 * <pre>
 *   GREETING --let in--> OPEN
 *   any --close frame sent--> CLOSING --close frame received, or time out--> GONE
 *   any --connection lost--> GONE
 *   GREETING, OPEN --on its way to another server--> FROZEN --there--> GONE
 *   FROZEN --taken back--> GREETING, OPEN
 * </pre>
 */
public final class ClientSession implements FrameSink {
    private enum State {
        GREETING,
        OPEN,
        FROZEN,
        CLOSING,
        GONE
    }

    private static final Logger log = LoggerFactory.getLogger(ClientSession.class);

    private final Hall hall;
    private final Shard shard;
    private final Channel channel;
    private final FrameDecoder decoder;
    private final Outflow outflow;
    private final String id;
    private @Nullable Runnable onSettled;

    private State state = State.GREETING;
    private final Pulse pulse = new Pulse();
    private @Nullable Introduction introduction;
    private @Nullable Requests requests;
    private Warrant warrant = Warrant.NONE;
    private int index;
    private long closeNanos;
    private @Nullable Future<?> detached;

    /**
     * @param onSettled is run when the client has authenticated or is gone
     */
    ClientSession(Hall hall, Shard shard, Channel channel, Peer peer, Runnable onSettled) {
        this(hall, shard, channel, hall.services().world().ids().next());
        this.onSettled = onSettled;
        this.warrant = Warrant.of(peer);
        this.introduction = introduction(Greeting.begin(hall.services().world(), peer));
    }

    /** One that has come from another server. */
    ClientSession(Hall hall, Shard shard, Channel channel, String id) {
        this.hall = hall;
        this.shard = shard;
        this.channel = channel;
        this.id = id;
        this.outflow = new Outflow(channel, shard, this::tooSlow);
        int bytesMax = Limits.FRAME_BYTES_BEFORE_HELLO;
        this.decoder = new FrameDecoder(this, hall.strangersBudget(), shard.scratch(), bytesMax);
    }

    FrameDecoder decoder() {
        return decoder;
    }

    String id() {
        return id;
    }

    Shard shard() {
        return shard;
    }

    int index() {
        return index;
    }

    void index(int position) {
        index = position;
    }

    /** Greets; the upgrade has been answered. */
    void begin() {
        if (introduction == null) {
            return;
        }
        Handshake handshake = introduction.greeting().handshake();
        shard.add(this);
        pulse.heard(shard.nowNanos());
        if (handshake.isUnattributed(hall.services())) {
            close(CloseCode.POLICY, "gateway ingress attribution required");
            return;
        }
        outflow.send(FrameEncoder.text(outflow.allocator(), handshake.challenge(hall.services())));
        outflow.flush();
    }

    // ---- what arrives

    @Override
    public void heard() {
        pulse.heard(shard.nowNanos());
        outflow.beginReading();
    }

    @Override
    public void readComplete() {
        outflow.endReading();
    }

    @Override
    public void message(byte[] payload, int length, boolean borrowed) {
        switch (state) {
            case GREETING -> {
                if (introduction != null) {
                    introduction.take(payload, length);
                }
            }
            case OPEN ->
                    request(RequestFrame.read(hall.services().json(), payload, length), borrowed);
            case FROZEN, CLOSING, GONE -> {}
        }
    }

    @Override
    public void ping(byte[] payload, int length) {
        outflow.send(FrameEncoder.pong(outflow.allocator(), payload, length));
    }

    @Override
    public void pong() {
        pulse.answered();
    }

    @Override
    public void closed(int code) {
        close(CloseCode.NORMAL, "");
        var _ = channel.close(); // what the peer was sent may still reach it
    }

    @Override
    public void violated(CloseCode code) {
        close(code, "");
    }

    @Override
    public void held(boolean waiting) {
        pulse.held(waiting, shard.nowNanos());
        if (waiting && introduction != null) {
            close(CloseCode.TRY_LATER, "too many clients are coming in; try again later");
        }
    }

    @Override
    public void gone() {
        if (state == State.GONE) {
            return;
        }
        boolean wasCounted = requests != null && state != State.FROZEN;
        state = State.GONE;
        shard.remove(this);
        var _ = takeWaiting();
        introduction = null;
        if (requests != null) {
            hall.services().boards().presence().left(id);
            requests.gone();
        }
        if (wasCounted) {
            hall.services().boards().traffic().authenticated(-1);
        }
        settle();
    }

    private void settle() {
        @Nullable Runnable told = onSettled;
        onSettled = null; // whoever waited is not held in memory any longer
        if (told != null) {
            told.run();
        }
    }

    // ---- handshake

    private Introduction introduction(Greeting greeting) {
        return new Introduction(hall, shard, greeting, this::letIn, this::turnAway);
    }

    private void letIn(JsonText requestId, Decision.Granted granted) {
        if (state == State.GREETING) {
            warrant = granted.warrant();
            reconsider(hall.scrutiny()); // the configuration may have changed while it was decided
        }
        if (state == State.GREETING) {
            log.debug("{} is {}", id, granted.grant().client().id());
            open(requestId, granted);
        }
    }

    private void turnAway(Handshake.FirstFrame.Refused refused) {
        if (state == State.GREETING) {
            refused.error().ifPresent(this::tell);
            close(refused.close(), refused.reason());
        }
    }

    private void tell(Handshake.Answer answer) {
        log.info("Refused {}: {}", channel.remoteAddress(), answer.error().message());
        outflow.send(Handshake.frame(outflow.allocator(), hall.services(), answer));
    }

    private void open(JsonText requestId, Decision.Granted decision) {
        Grant granted = decision.grant();
        List<byte[]> waiting = takeWaiting();
        state = State.OPEN;
        requests = new Requests(hall, shard, outflow, caller(granted), this::isMovable);
        introduction = null;
        pulse.begin(shard.nowNanos());
        widen();
        hall.services().boards().presence().joined(id, granted);
        hall.services().boards().traffic().authenticated(1);
        outflow.send(Frames.ok(outflow.allocator(), requestId, Hello.encode(hall, id, decision)));
        outflow.flush();
        settle();
        requests.begin(this);
        takeAgain(waiting.subList(1, waiting.size()));
    }

    private Call.Caller caller(Grant granted) {
        return new Call.Caller(granted, id, warrant.address(channel.remoteAddress()));
    }

    private void widen() {
        decoder.widen(Limits.FRAME_BYTES, hall.budget());
        outflow.widen();
    }

    private List<byte[]> takeWaiting() {
        return introduction == null ? List.of() : introduction.takeKept();
    }

    private void takeAgain(List<byte[]> frames) {
        frames.forEach(frame -> message(frame, frame.length, false));
    }

    // ---- open

    private void request(RequestFrame frame, boolean borrowed) {
        if (requests != null) {
            requests.take(frame, borrowed, decoder.takeReservation());
        }
    }

    /** Sends the events that are for this client. */
    void events(Bundle bundle, long skipped) {
        if (state == State.OPEN && requests != null) {
            outflow.events(bundle, skipped, requests.grant());
            bundle.dismissal(requests.grant()).ifPresent(why -> close(CloseCode.WITHDRAWN, why));
        }
    }

    long bufferedBytes() {
        return outflow.bufferedBytes();
    }

    private void tooSlow() {
        hall.services().boards().traffic().slowConsumer();
        log.info("{} reads too slowly: {} bytes wait", id, outflow.bufferedBytes());
        close(CloseCode.POLICY, "slow consumer");
    }

    // ---- what it may

    /** Ends it if it would not be let in any more. */
    void reconsider(Scrutiny now) {
        if (channel.localAddress() instanceof InetSocketAddress local) {
            now.of(warrant, local.getAddress()).ifPresent(this::withdraw);
        }
    }

    private void withdraw(Scrutiny.Withdrawal why) {
        log.info("{} has to go: {}", id, why.reason());
        close(why.code(), why.reason());
    }

    // ---- on the move

    /** Whether it can move right now. */
    boolean isMovable() {
        return isConversing() && !TlsChannel.isEncrypted(channel);
    }

    /** Whether it can never move. */
    boolean isBound() {
        return isConversing() && TlsChannel.isEncrypted(channel);
    }

    /** Whether it waits for an answer. */
    boolean isOwed() {
        return requests != null && !requests.unanswered().isEmpty();
    }

    private boolean isConversing() {
        return state == State.GREETING || state == State.OPEN;
    }

    boolean isGone() {
        return state == State.GONE;
    }

    /** What it makes us hold, in bytes. */
    long heldBytes() {
        return outflow.bufferedBytes() + decoder.heldBytes();
    }

    /**
     * Takes it off its loop: it is neither read nor written until {@link #thaw}, and does not count
     * any more.
     *
     * @return when that is done
     */
    Future<?> freeze(Requests.Relay relay) {
        state = State.FROZEN;
        shard.remove(this);
        settle();
        pulse.held(false, shard.nowNanos());
        decoder.freeze();
        if (introduction != null) {
            introduction.pause();
        }
        Requests served = requests;
        if (served != null) {
            served.freeze(relay);
            hall.services().boards().traffic().authenticated(-1);
        }
        channel.config().setAutoRead(false);
        Future<?> done = channel.deregister();
        detached = done;
        return done;
    }

    /** Everything another server needs; empty if it has gone meanwhile. */
    Optional<Moving> describe(StateVersions versions) {
        // A write that fails closes at once and tells us later: the number may be another file's.
        boolean isThere = state == State.FROZEN && channel.isOpen();
        if (!isThere || !(channel instanceof UnixChannel socket)) {
            return Optional.empty();
        }
        FrozenSession frozen =
                new FrozenSession(versions, standing(), decoder.unread(), outflow.unsent());
        return Optional.of(new Moving(id, socket.fd().intValue(), FrozenCodec.encode(frozen)));
    }

    private FrozenSession.Standing standing() {
        if (introduction != null) {
            return introduction.greeting().frozen(hall.services().world().time().nanos());
        }
        return Objects.requireNonNull(requests)
                .standing(warrant, outflow.seq(), pulse.frozen(shard.nowNanos()));
    }

    /** It belongs to another server: closes the socket here, and nothing else. */
    void leave() {
        if (state == State.FROZEN) {
            state = State.GONE;
            var _ = takeWaiting();
            requests().ifPresent(Requests::leave);
            var _ = channel.close();
        }
    }

    /**
     * It goes on here after all; what was not sent to it meanwhile can be sent now.
     *
     * @return whether it still lives
     */
    boolean thaw() {
        if (state != State.FROZEN) {
            return false;
        }
        state = requests == null ? State.GREETING : State.OPEN;
        shard.add(this);
        outflow.beginReading(); // everything leaves together when it is registered
        if (requests != null) {
            hall.services().boards().traffic().authenticated(1);
        }
        return true;
    }

    /**
     * After {@link #thaw}: reads again, first what had been read.
     *
     * @param done is run when that is so
     */
    void resume(Runnable done) {
        if (requests != null) {
            requests.thaw();
        }
        Future<?> away = Objects.requireNonNull(detached);
        var _ = away.addListener(_ -> register(done));
    }

    private void register(Runnable done) {
        var _ =
                shard.loop()
                        .register(channel)
                        .addListener(
                                registered -> {
                                    begun(registered.isSuccess());
                                    done.run();
                                });
    }

    /** Goes on where another server stopped; on the loop, once registered. */
    void goOn(FrozenSession from) {
        shard.add(this);
        pulse.heard(shard.nowNanos());
        long seq = from.standing() instanceof FrozenSession.Open open ? open.seq() : 0;
        outflow.goOn(seq, from.output());
        switch (from.standing()) {
            case FrozenSession.Greeting begun -> {
                warrant = Warrant.of(begun.peer());
                introduction =
                        introduction(Greeting.of(begun, hall.services().world().time().nanos()));
            }
            case FrozenSession.Open open -> goOn(open);
        }
        decoder.takeOver(from.input(), outflow.allocator());
        begun(channel.isActive());
    }

    private void goOn(FrozenSession.Open open) {
        state = State.OPEN;
        warrant = open.warrant().orElseGet(() -> Warrant.assumed(hall.config().auth()));
        Requests served = new Requests(hall, shard, outflow, caller(open.grant()), this::isMovable);
        served.owedAbroad(open.owed());
        requests = served;
        pulse.goOn(open.pulse(), shard.nowNanos());
        widen();
        open.seat().ifPresent(s -> hall.services().boards().presence().seated(id, open.grant(), s));
        served.goOn(this, open.duty());
        hall.services().boards().traffic().authenticated(1);
    }

    private void begun(boolean isRegistered) {
        if (isRegistered) {
            reconsider(hall.scrutiny()); // what it was let in by may have changed on the way
            takeAgain(takeWaiting());
            decoder.thaw();
        } else {
            var _ = channel.close(); // what the peer was sent may still reach it
        }
    }

    /** Its requests; empty until it has said who it is. */
    Optional<Requests> requests() {
        return Optional.ofNullable(requests);
    }

    // ---- time and the end

    /** Looks at the clock; called twice a second. */
    void check(long nowNanos) {
        switch (state) {
            case GREETING -> {
                if (introduction != null && introduction.greeting().isOverdue(nowNanos)) {
                    close(CloseCode.NORMAL, "");
                }
            }
            case OPEN -> checkOpen(nowNanos);
            case CLOSING -> {
                if (nowNanos - closeNanos >= 0) {
                    reset();
                }
            }
            case FROZEN, GONE -> {}
        }
    }

    private void checkOpen(long nowNanos) {
        switch (pulse.look(nowNanos)) {
            case NOTHING -> {}
            case PING -> {
                outflow.send(FrameEncoder.ping(outflow.allocator()));
                outflow.flush();
            }
            case GIVE_UP ->
                    close(
                            CloseCode.TRY_LATER,
                            "no memory for a frame of that size; try again later");
            case RESET -> reset();
        }
    }

    /** Sends a close frame and waits a little for the answer. */
    void close(CloseCode code, String reason) {
        if (state == State.CLOSING || state == State.GONE) {
            return;
        }
        state = State.CLOSING;
        var _ = takeWaiting(); // nobody looks at it any more
        if (pulse.isHeld()) {
            decoder.finish(); // reading again, it would keep whatever comes
        }
        closeNanos = shard.nowNanos() + Limits.CLOSE_NANOS;
        channel.config().setAutoRead(true);
        outflow.end(code, reason);
    }

    /** Ends the connection by force: the peer does not listen. */
    void reset() {
        Reset.of(channel);
    }
}
