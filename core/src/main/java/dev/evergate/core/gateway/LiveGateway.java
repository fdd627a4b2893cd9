package dev.evergate.core.gateway;

import dev.evergate.core.config.ConfigDocument;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.conversation.Router;
import dev.evergate.core.conversation.Router.Route;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.GatewayEvent.DeviceChanged;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Loop;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The gateway of one generation.
 *
 * <p>It serves from {@link #enter} on, when the generation holds the lease. Before, it accepts
 * messages and keeps them waiting, and reads; other writes wait a moment for the lease. A hand-over
 * to a successor is {@link #pause}, then {@link #leaveTo} or, if it comes to nothing, {@link
 * #goOn}; there may be many that come to nothing.
 */
public final class LiveGateway implements Gateway {
    /** Waiting turns of one conversation; more are refused before they are accepted. */
    private static final int LANE_WAITING_MAX = 100;

    /** How long turns that are left to the next generation get to write down what they said. */
    public static final long SETTLE_MS = 500;

    private static final long LOOK_MS = 5;

    private static final String RESTARTING = "gateway restarting; retry shortly";

    private final GatewayParts parts;
    private final Supplier<ConfigDocument> document;
    private final Tenure tenure;
    private final StoredEnds ends;
    private final TurnBoard board;
    private final HistoryReader histories;
    private final Pairing pairing;
    private final AtomicInteger sending = new AtomicInteger();
    private volatile String refusal = "";

    /**
     * @param loop decides about the order of turns
     * @param document the configuration's file
     */
    public LiveGateway(GatewayParts parts, Loop loop, Supplier<ConfigDocument> document) {
        this.parts = parts;
        this.document = document;
        this.tenure = new Tenure(parts.world());
        this.ends = new StoredEnds(parts, new Told());
        this.board = new TurnBoard(parts, tenure, ends, loop, new CommandWork());
        this.histories = new HistoryReader(parts.journal(), board);
        this.pairing =
                new Pairing(
                        parts.world(),
                        parts.journal().devices(),
                        tenure::write,
                        happened -> parts.feed().publish(new DeviceChanged(happened)));
        EventFeed.Subscription _ = parts.feed().subscribe(this::heardOfDevice);
    }

    private void heardOfDevice(GatewayEvent event) {
        if (event instanceof DeviceChanged(var happened)) {
            pairing.heard(happened);
        }
    }

    /**
     * Serves under this epoch, alone: takes up every accepted message that has met no fate, in
     * order of arrival, also what a generation before was heard to run. Call one {@code enter},
     * once. Blocks on the store. A gateway that refuses messages takes up none, now or later.
     */
    public void enter(Epoch epoch) {
        enter(epoch, List.of(), _ -> {});
        predecessorGone();
    }

    /**
     * Serves under this epoch while the generation before ends the turns that run in it: their
     * conversations wait for them; everything else that has met no fate is taken up here. {@link
     * #predecessorGone} is owed from then on. Call one {@code enter}, once. Blocks on the store.
     *
     * @param abroad what {@link #pause} answered there, asked when its events were on their way
     *     here already
     */
    public void enter(Epoch epoch, List<ActiveRun> abroad, Predecessor predecessor) {
        board.enter(epoch, abroad, predecessor, refusal.isEmpty());
    }

    /**
     * An event of the generation before: published here, unless it is about a run that this one has
     * begun again. Call in their order, also before {@link #enter}. Does not block.
     */
    public void hear(GatewayEvent event) {
        board.hear(event);
    }

    /** The generation before has accepted a message this one may not know of. Does not block. */
    public void accepted(String runId) {
        board.accepted(runId);
    }

    /**
     * The generation before is no more: what it did not end is begun again here, and whatever it
     * accepted last is taken up. Later calls look for the latter again. Blocks on the store, for as
     * long as that cannot be read.
     */
    public void predecessorGone() {
        board.predecessorGone();
    }

    /**
     * Starts no turn any more, while messages are still accepted and what runs goes on. Waits up to
     * 500 ms for turns that are about to begin; those that do not are put back. May be called
     * again, to learn what still runs.
     *
     * @return the turns that run here
     */
    public List<ActiveRun> pause() {
        return board.pause();
    }

    /**
     * Takes back a {@link #pause}: what waited starts, under this epoch, and what the successor has
     * accepted before it died. Turns that run keep the epoch they began with. Blocks on the store.
     */
    public void goOn(Epoch epoch) {
        board.goOn(epoch);
    }

    /**
     * Leaves what waits, and every message that is still accepted here, to the generation that has
     * taken the lease; whoever waits for such a turn here is told to ask again. Call after {@link
     * #pause}.
     */
    public void leaveTo(Heir heir) {
        board.leaveTo(heir);
    }

    /** Stops a turn that runs here; without effect if there is none. Does not block. */
    public void stop(String runId) {
        board.stop(runId);
    }

    /** Refuses new messages from now on and tells their senders why; what runs goes on. */
    public void refuse(String why) {
        refusal = why;
    }

    /** How many turns of this generation there are at this moment. Does not wait. */
    public Load load() {
        return board.load();
    }

    /** Turns that are going on, and turns that wait for their place. */
    public record Load(int running, int waiting) {}

    /**
     * Refuses new messages, unless there is an heir to name them to; lets running turns end until
     * the deadline, and leaves the others to the next generation: those are waited for {@value
     * #SETTLE_MS} ms more. Blocks until then; afterwards nothing is accepted any more.
     */
    public void drain(Deadline deadline) {
        if (!board.hasLeft()) {
            refuse(RESTARTING);
        }
        board.drain(deadline, SETTLE_MS);
        refuse(RESTARTING);
        Deadline last = parts.world().time().deadlineIn(SETTLE_MS);
        try {
            while (sending.get() > 0 && !last.hasPassed(parts.world().time())) {
                parts.world().pause(LOOK_MS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Sent send(Message message) {
        sending.incrementAndGet();
        try {
            return accept(message);
        } finally {
            sending.decrementAndGet();
        }
    }

    private Sent accept(Message message) {
        Route route = Router.route(message.sessionKey(), config());
        refuseUnlessAcceptable(message, route);
        var incoming =
                new IncomingMessage(
                        parts.world().ids().next(),
                        Origin.control(message.idempotencyKey()),
                        route.sessionKey(),
                        message.idempotencyKey(),
                        message.text(),
                        parts.world().time().wallMillis());
        return switch (parts.journal().inbox().accept(incoming)) {
            case Acceptance.Accepted(var accepted) -> {
                board.arrived(accepted, Optional.of(message.sender()));
                yield new Sent.Started(
                        incoming.runId(),
                        route.sessionKey(),
                        route.agentId(),
                        incoming.receivedAtMs());
            }
            case Acceptance.Duplicate(var earlier) -> repeated(earlier, message, route);
        };
    }

    private void refuseUnlessAcceptable(Message message, Route route) {
        if (!refusal.isEmpty()) {
            throw new EvergateException(ErrorCode.UNAVAILABLE, refusal);
        }
        if (message.text().isBlank()) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST, "message is empty (expected: some text)");
        }
        if (message.idempotencyKey().isBlank() || message.idempotencyKey().length() > 256) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "idempotencyKey has %d characters (expected: 1 to 256)"
                            .formatted(message.idempotencyKey().length()));
        }
        if (activeRuns(route.sessionKey()).size() > LANE_WAITING_MAX
                && !board.knows(message.idempotencyKey())) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "%d messages wait in %s already; retry when some are answered"
                            .formatted(LANE_WAITING_MAX, route.sessionKey()));
        }
    }

    private Sent repeated(AcceptedMessage earlier, Message message, Route route) {
        IncomingMessage stored = earlier.message();
        if (!stored.text().equals(message.text())
                || !stored.sessionKey().equals(route.sessionKey())) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "idempotencyKey \"%s\" was used for another message (expected: a new key)"
                            .formatted(message.idempotencyKey()));
        }
        return ends.find(stored.runId())
                .<Sent>map(end -> new Sent.Ended(stored.runId(), end))
                .orElseGet(
                        () ->
                                new Sent.InFlight(
                                        stored.runId(),
                                        stored.sessionKey(),
                                        route.agentId(),
                                        stored.receivedAtMs()));
    }

    @Override
    public CompletionStage<Optional<RunEnd>> end(String runId) {
        Optional<CompletableFuture<RunEnd>> coming = board.end(runId);
        if (coming.isPresent()) {
            return coming.get().thenApply(Optional::of);
        }
        var answer = new CompletableFuture<CompletionStage<Optional<RunEnd>>>();
        parts.world()
                .tasks()
                .start(
                        "run-end",
                        () -> {
                            try {
                                answer.complete(endOfUnknown(runId));
                            } catch (EvergateException e) {
                                answer.completeExceptionally(e);
                            }
                        });
        return answer.thenCompose(Function.identity());
    }

    /** A run that the board does not know has ended, or is to become known with the lease. */
    private CompletionStage<Optional<RunEnd>> endOfUnknown(String runId) {
        boolean isPending =
                parts.journal()
                        .inbox()
                        .findByRun(runId)
                        .filter(message -> message.fate() == Fate.PENDING)
                        .isPresent();
        if (isPending) {
            tenure.await();
            board.catchUp(runId);
            Optional<CompletableFuture<RunEnd>> coming = board.end(runId);
            if (coming.isPresent()) {
                return coming.get().thenApply(Optional::of);
            }
        }
        Optional<RunEnd> known = ends.find(runId);
        if (isPending && known.isEmpty()) {
            throw Tenure.restarting();
        }
        return CompletableFuture.completedStage(known);
    }

    @Override
    public List<String> abort(String sessionKey, Optional<String> runId) {
        String key = Router.route(sessionKey, config()).sessionKey();
        return abort(key, run -> runId.isEmpty() || runId.get().equals(run.runId()));
    }

    private List<String> abort(String key, Predicate<ActiveRun> isMeant) {
        tenure.await();
        List<ActiveRun> meant = activeRuns(key).stream().filter(isMeant).toList();
        if (!board.isOpen() && meant.stream().anyMatch(ActiveRun::isWaiting)) {
            throw Tenure.restarting(); // whose they are is being decided
        }
        return abort(key, meant);
    }

    private List<String> abort(String key, List<ActiveRun> runs) {
        List<String> ids = runs.stream().map(ActiveRun::runId).toList();
        ids.forEach(id -> board.abort(key, id));
        return ids;
    }

    @Override
    public History history(HistoryQuery query) {
        return histories.read(Router.route(query.sessionKey(), config()).sessionKey(), query);
    }

    @Override
    public Sessions.Listing sessions(Sessions.Query query) {
        return parts.journal().sessions().list(query);
    }

    @Override
    public Optional<Session> session(String key) {
        return parts.journal().sessions().find(Router.route(key, config()).sessionKey());
    }

    @Override
    public List<ActiveRun> activeRuns(String sessionKey) {
        return board.runs(sessionKey);
    }

    @Override
    public Session createSession(String key, String label) {
        String wanted = key.isEmpty() ? "dashboard:" + parts.world().ids().next() : key;
        Route route = Router.route(wanted, config());
        Sessions sessions = parts.journal().sessions();
        Session session = tenure.write(epoch -> sessions.create(epoch, newSession(route, label)));
        announce(route, "create", Optional.of(session));
        return session;
    }

    @Override
    public Session resetSession(String key) {
        Route route = Router.route(key, config());
        var _ = abort(route.sessionKey(), _ -> true);
        return reset(route);
    }

    private Session reset(Route route) {
        Sessions sessions = parts.journal().sessions();
        Session session = tenure.write(epoch -> sessions.reset(epoch, newSession(route, "")));
        announce(route, "reset", Optional.of(session));
        return session;
    }

    @Override
    public boolean deleteSession(String key) {
        Route route = Router.route(key, config());
        var _ = abort(route.sessionKey(), _ -> true);
        Sessions sessions = parts.journal().sessions();
        boolean deleted = tenure.write(epoch -> sessions.delete(epoch, route.sessionKey()));
        if (deleted) {
            announce(route, "delete", Optional.empty());
        }
        return deleted;
    }

    @Override
    public void systemEvent(String text) {
        Route route = Router.route("main", config());
        var row =
                new NewRow(
                        parts.world().ids().next(),
                        TranscriptRow.Role.SYSTEM,
                        TranscriptRow.Kind.EVENT,
                        text,
                        TranscriptRow.Provenance.NONE);
        Sessions sessions = parts.journal().sessions();
        var _ = tenure.write(epoch -> sessions.append(epoch, newSession(route, ""), row));
    }

    @Override
    public ConfigSnapshot config() {
        return parts.config();
    }

    @Override
    public ConfigDocument configDocument() {
        return document.get();
    }

    @Override
    public List<CommandInfo> commands() {
        return SlashCommands.all();
    }

    @Override
    public Pairing pairing() {
        return pairing;
    }

    @Override
    public EventFeed events() {
        return parts.feed();
    }

    private Sessions.NewSession newSession(Route route, String label) {
        return new Sessions.NewSession(
                route.sessionKey(),
                parts.world().ids().next(),
                route.agentId(),
                label,
                parts.world().time().wallMillis());
    }

    private void announce(Route route, String reason, Optional<Session> session) {
        parts.feed()
                .publish(
                        parts.sessionChanged(route.sessionKey(), route.agentId(), reason, session));
    }

    /** A command has begun: it does what it does, also while a hand-over is under way. */
    private final class CommandWork implements SlashCommands.CommandWork {
        @Override
        public String statusText(String sessionKey) {
            int others = activeRuns(sessionKey).size() - 1;
            return new StatusText(parts).of(sessionKey, Math.max(0, others));
        }

        @Override
        public void startAnew(String sessionKey) {
            var _ = abort(sessionKey, activeRuns(sessionKey));
            var _ = reset(Router.route(sessionKey, config()));
        }

        @Override
        public int stopOthers(String sessionKey, String commandRunId) {
            List<ActiveRun> others =
                    activeRuns(sessionKey).stream()
                            .filter(run -> !run.runId().equals(commandRunId))
                            .toList();
            return abort(sessionKey, others).size();
        }

        @Override
        public void restart(String reason) {
            parts.restart().accept(reason);
        }
    }
}
