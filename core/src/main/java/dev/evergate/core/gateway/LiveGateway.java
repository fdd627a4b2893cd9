package dev.evergate.core.gateway;

import dev.evergate.core.config.ConfigDocument;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.conversation.Lanes;
import dev.evergate.core.conversation.Router;
import dev.evergate.core.conversation.Router.Route;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal.NewRow;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Loop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The gateway of one generation that holds the lease. */
public final class LiveGateway implements Gateway {
    private static final Logger log = LoggerFactory.getLogger(LiveGateway.class);

    /** Waiting turns of one conversation; more are refused before they are accepted. */
    private static final int LANE_WAITING_MAX = 100;

    /** Rows a cursor may be behind; a client that missed more loads the newest page instead. */
    private static final int DELTA_ROWS_MAX = 1_000;

    private static final long DRAIN_LOOK_MS = 5;

    /** How long turns that are left to the next generation get to write down what they said. */
    public static final long SETTLE_MS = 500;

    private final GatewayParts parts;
    private final Supplier<ConfigDocument> document;
    private final Lanes lanes;
    private final SlashCommands commands;
    private final Map<String, LiveTurn> turns = new ConcurrentHashMap<>();
    private volatile String refusal = "";
    private volatile Optional<Epoch> epoch = Optional.empty();

    /**
     * @param loop decides about the order of turns
     * @param document the configuration's file
     */
    public LiveGateway(GatewayParts parts, Loop loop, Supplier<ConfigDocument> document) {
        this.parts = parts;
        this.document = document;
        this.lanes = new Lanes(loop, new LaneWork(), parts.config().agents().maxConcurrent());
        this.commands = new SlashCommands(new CommandWork());
    }

    /**
     * Serves under this epoch: takes up every accepted message that has met no fate, in order of
     * arrival. Call once; blocks on the store. A gateway that refuses messages takes up none.
     */
    public void enter(Epoch epoch) {
        this.epoch = Optional.of(epoch);
        if (refusal.isEmpty()) {
            List<AcceptedMessage> pending = parts.journal().inbox().pending();
            pending.forEach(this::dispatch);
        }
    }

    /**
     * Serves under this epoch while the generation before ends its running turns: their
     * conversations wait for them. Call once; blocks on the store.
     *
     * @param abroad the turns that run in {@code predecessor}
     */
    public void enter(Epoch epoch, List<ActiveRun> abroad, Predecessor predecessor) {
        enter(epoch);
    }

    /** An event of the generation before, in its order: published here, once. */
    public void hear(GatewayEvent event) {
        parts.feed().publish(event);
    }

    /**
     * The generation before has accepted a message this one may not know of. Blocks on the store.
     */
    public void accepted(String runId) {}

    /**
     * The generation before is no more: what it did not end is begun again here. Blocks on the
     * store; a second time is without effect.
     */
    public void predecessorGone() {}

    /**
     * Starts no turn any more, while messages are still accepted and what runs goes on. Waits up to
     * 500 ms for turns that are about to begin. May be called again, to learn what still runs.
     *
     * @return the turns that run here
     */
    public List<ActiveRun> pause() {
        return turns.values().stream().map(LiveTurn::view).filter(run -> !run.isWaiting()).toList();
    }

    /** Takes back a {@link #pause}: what waited starts, under this epoch. */
    public void goOn(Epoch epoch) {
        this.epoch = Optional.of(epoch);
    }

    /**
     * Leaves what waits, and every message that is still accepted here, to the generation that has
     * taken the lease. Call after {@link #pause}.
     */
    public void leaveTo(Heir heir) {}

    /** Stops a turn that runs here; without effect if there is none. Does not block. */
    public void stop(String runId) {}

    /** Refuses new messages from now on and tells their senders why; what runs goes on. */
    public void refuse(String why) {
        refusal = why;
    }

    private Epoch epoch() {
        return epoch.orElseThrow();
    }

    /** How many turns there are at this moment. Does not wait. */
    public Load load() {
        List<ActiveRun> runs = turns.values().stream().map(LiveTurn::view).toList();
        int waiting = (int) runs.stream().filter(ActiveRun::isWaiting).count();
        return new Load(runs.size() - waiting, waiting);
    }

    /** Turns that are going on, and turns that wait for their place. */
    public record Load(int running, int waiting) {}

    /**
     * Refuses new messages, lets running turns end until the deadline, and leaves the others to the
     * next generation: those are waited for {@value #SETTLE_MS} ms more. Blocks until then.
     */
    public void drain(Deadline deadline) {
        refuse("gateway restarting; retry shortly");
        try {
            await(turns::isEmpty, deadline);
            turns.values().forEach(LiveTurn::interrupt);
            await(
                    () -> turns.values().stream().noneMatch(LiveTurn::hasBegun),
                    parts.world().time().deadlineIn(SETTLE_MS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
        while (!condition.getAsBoolean() && !deadline.hasPassed(parts.world().time())) {
            parts.world().pause(DRAIN_LOOK_MS);
        }
    }

    @Override
    public Sent send(Message message) {
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
                dispatch(accepted, Optional.of(message.sender()));
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
                && !turns.containsKey(message.idempotencyKey())) {
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
        return endOf(stored.runId())
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
        LiveTurn turn = turns.get(runId);
        if (turn != null) {
            return turn.end().thenApply(Optional::of);
        }
        var ended = new CompletableFuture<Optional<RunEnd>>();
        parts.world()
                .tasks()
                .start(
                        "run-end",
                        () -> {
                            try {
                                ended.complete(endOf(runId));
                            } catch (EvergateException e) {
                                ended.completeExceptionally(e);
                            }
                        });
        return ended;
    }

    private Optional<RunEnd> endOf(String runId) {
        return parts.journal()
                .turns()
                .find(runId)
                .filter(turn -> turn.state().isTerminal())
                .map(this::endOf);
    }

    private RunEnd endOf(Turn turn) {
        Optional<TranscriptRow> reply = parts.journal().turns().reply(turn.runId());
        return new RunEnd(
                turn.runId(),
                turn.sessionKey(),
                turn.sessionId(),
                config().agents().defaultId(),
                turn.state(),
                reply.map(TranscriptRow::text).orElse(""),
                reply.map(TranscriptRow::provenance).orElse(TranscriptRow.Provenance.NONE),
                turn.error(),
                turn.startedAtMs(),
                turn.endedAtMs());
    }

    @Override
    public List<String> abort(String sessionKey, Optional<String> runId) {
        String key = Router.route(sessionKey, config()).sessionKey();
        List<String> meant =
                activeRuns(key).stream()
                        .map(ActiveRun::runId)
                        .filter(id -> runId.isEmpty() || runId.get().equals(id))
                        .toList();
        meant.forEach(id -> lanes.abort(key, Optional.of(id)));
        return meant;
    }

    @Override
    public History history(HistoryQuery query) {
        String key = Router.route(query.sessionKey(), config()).sessionKey();
        if (!query.cursor().isEmpty()) {
            return delta(key, query.cursor());
        }
        // Runs are looked at first: one that ends in between then shows up in the rows as well,
        // never in neither.
        List<ActiveRun> active = activeRuns(key);
        Sessions.Page page = parts.journal().sessions().page(key, query.limit(), query.offset());
        String cursor =
                page.session()
                        .map(
                                session ->
                                        new Cursor(session.sessionId(), session.lastSeq())
                                                .encoded())
                        .orElse("");
        return new History.Full(
                key,
                page.session(),
                page.rows(),
                page.total(),
                cursor,
                unsettled(active, page.rows()));
    }

    private History delta(String key, String encoded) {
        List<ActiveRun> active = activeRuns(key);
        Optional<Session> session = parts.journal().sessions().find(key);
        Optional<Cursor> cursor =
                Cursor.decode(encoded)
                        .filter(
                                known ->
                                        session.isPresent()
                                                && session.get()
                                                        .sessionId()
                                                        .equals(known.sessionId())
                                                && known.lastSeq() <= session.get().lastSeq()
                                                && session.get().lastSeq() - known.lastSeq()
                                                        <= DELTA_ROWS_MAX);
        if (cursor.isEmpty()) {
            return new History.Reset(key);
        }
        List<TranscriptRow> rows =
                parts.journal()
                        .sessions()
                        .after(cursor.get().sessionId(), cursor.get().lastSeq(), DELTA_ROWS_MAX);
        long lastSeq = rows.isEmpty() ? cursor.get().lastSeq() : rows.getLast().seq();
        return new History.Delta(
                key,
                session.orElseThrow(),
                rows,
                new Cursor(cursor.get().sessionId(), lastSeq).encoded(),
                unsettled(active, rows));
    }

    /**
     * The runs whose answer is not among the rows: one that has just ended must not show up twice.
     */
    private static List<ActiveRun> unsettled(List<ActiveRun> runs, List<TranscriptRow> rows) {
        return runs.stream()
                .filter(
                        run ->
                                rows.stream()
                                        .noneMatch(
                                                row ->
                                                        row.role() == TranscriptRow.Role.ASSISTANT
                                                                && row.runId().equals(run.runId())))
                .toList();
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
        return turns.values().stream()
                .filter(turn -> turn.sessionKey().equals(sessionKey))
                .sorted(Comparator.comparingLong(LiveTurn::arrival))
                .map(LiveTurn::view)
                .toList();
    }

    @Override
    public Session createSession(String key, String label) {
        String wanted = key.isEmpty() ? "dashboard:" + parts.world().ids().next() : key;
        Route route = Router.route(wanted, config());
        Session session = parts.journal().sessions().create(epoch(), newSession(route, label));
        announce(route, "create", Optional.of(session));
        return session;
    }

    @Override
    public Session resetSession(String key) {
        Route route = Router.route(key, config());
        abort(route.sessionKey(), Optional.empty());
        Session session = parts.journal().sessions().reset(epoch(), newSession(route, ""));
        announce(route, "reset", Optional.of(session));
        return session;
    }

    @Override
    public boolean deleteSession(String key) {
        Route route = Router.route(key, config());
        abort(route.sessionKey(), Optional.empty());
        boolean deleted = parts.journal().sessions().delete(epoch(), route.sessionKey());
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
        parts.journal().sessions().append(epoch(), newSession(route, ""), row);
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

    private void dispatch(AcceptedMessage accepted) {
        dispatch(accepted, Optional.empty());
    }

    private void dispatch(AcceptedMessage accepted, Optional<Sender> sender) {
        String key = accepted.message().sessionKey();
        var turn = new LiveTurn(parts, accepted, Router.route(key, config()).agentId());
        turns.put(turn.runId(), turn);
        Optional<String> command = SlashCommands.called(accepted.message().text());
        if (command.isEmpty()) {
            lanes.arrived(key, accepted.arrival(), turn.runId());
        } else {
            start(
                    turn,
                    () ->
                            turn.answer(
                                    epoch(),
                                    () ->
                                            commands.answer(
                                                    command.get(), key, turn.runId(), sender)));
        }
    }

    /** Runs a turn's work on a task of its own and forgets the turn afterwards. */
    private void start(LiveTurn turn, Runnable body) {
        parts.world()
                .tasks()
                .start(
                        "turn-" + turn.runId(),
                        () -> {
                            try {
                                body.run();
                            } finally {
                                turns.remove(turn.runId(), turn);
                                lanes.ended(turn.sessionKey(), turn.runId());
                            }
                        });
    }

    /** Carries out what lanes decide. */
    private final class LaneWork implements Lanes.Work {
        @Override
        public void start(String runId) {
            with(runId, turn -> LiveGateway.this.start(turn, () -> turn.run(epoch())));
        }

        @Override
        public void cancel(String runId) {
            with(runId, LiveTurn::cancel);
        }

        @Override
        public void drop(String runId) {
            with(runId, turn -> LiveGateway.this.start(turn, () -> turn.drop(epoch())));
        }

        private void with(String runId, Consumer<LiveTurn> action) {
            LiveTurn turn = turns.get(runId);
            if (turn != null) {
                action.accept(turn);
            }
        }
    }

    private final class CommandWork implements SlashCommands.CommandWork {
        @Override
        public String statusText(String sessionKey) {
            return new StatusText(parts, List.copyOf(turns.values())).of(sessionKey);
        }

        @Override
        public void startAnew(String sessionKey) {
            resetSession(sessionKey);
        }

        @Override
        public int stopOthers(String sessionKey, String commandRunId) {
            List<String> others =
                    activeRuns(sessionKey).stream()
                            .map(ActiveRun::runId)
                            .filter(id -> !id.equals(commandRunId))
                            .toList();
            others.forEach(id -> lanes.abort(sessionKey, Optional.of(id)));
            return others.size();
        }

        @Override
        public void restart(String reason) {
            parts.restart().accept(reason);
        }
    }
}
