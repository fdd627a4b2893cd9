package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.core.agent.Embedder;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.conversation.Router;
import dev.evergate.core.conversation.Router.Route;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;
import dev.evergate.core.journal.Usage;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** What the gateway is asked, under one configuration from the start of a request to its end. */
final class PinnedGateway implements Gateway {
    /** Waiting turns of one conversation; more are refused before they are accepted. */
    private static final int LANE_WAITING_MAX = 100;

    private final GatewayParts parts;
    private final Rooms rooms;

    /** What all requests share, whatever their configuration. */
    record Rooms(
            Tenure tenure,
            StoredEnds ends,
            TurnBoard board,
            HistoryReader histories,
            Intake intake,
            Pairing pairing) {}

    PinnedGateway(GatewayParts parts, Rooms rooms) {
        this.parts = parts;
        this.rooms = rooms;
    }

    @Override
    public Gateway pinned() {
        return this;
    }

    @Override
    public Sent send(Message message) {
        try (var _ = rooms.intake().open()) {
            return accept(message);
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
                        message.content(),
                        message.options(),
                        parts.world().time().wallMillis());
        return switch (parts.journal().inbox().accept(incoming, message.attachments())) {
            case Acceptance.Accepted(var accepted) -> {
                rooms.board().arrived(accepted, Optional.of(message.sender()));
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
        if (message.content().isBlank()) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST, "message is empty (expected: some text)");
        }
        refuseUnlessAnswerable(message.options());
        if (message.idempotencyKey().isBlank() || message.idempotencyKey().length() > 256) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "idempotencyKey has %d characters (expected: 1 to 256)"
                            .formatted(message.idempotencyKey().length()));
        }
        if (activeRuns(route.sessionKey()).size() > LANE_WAITING_MAX
                && !rooms.board().knows(message.idempotencyKey())) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "%d messages wait in %s already; retry when some are answered"
                            .formatted(LANE_WAITING_MAX, route.sessionKey()));
        }
    }

    private void refuseUnlessAnswerable(MessageOptions options) {
        if (options.model().isEmpty()) {
            return;
        }
        boolean isConfigured =
                ModelRef.parse(options.model()).flatMap(ref -> config().provider(ref)).isPresent();
        if (!isConfigured) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "model is \"%s\" (expected: provider/model, with a provider of models.providers)"
                            .formatted(options.model()));
        }
    }

    private Sent repeated(AcceptedMessage earlier, Message message, Route route) {
        IncomingMessage stored = earlier.message();
        if (!stored.content().equals(message.content())
                || !stored.sessionKey().equals(route.sessionKey())) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "idempotencyKey \"%s\" was used for another message (expected: a new key)"
                            .formatted(message.idempotencyKey()));
        }
        return rooms.ends()
                .find(stored.runId())
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
        Optional<CompletableFuture<RunEnd>> coming = rooms.board().end(runId);
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
            rooms.tenure().await();
            rooms.board().catchUp(runId);
            Optional<CompletableFuture<RunEnd>> coming = rooms.board().end(runId);
            if (coming.isPresent()) {
                return coming.get().thenApply(Optional::of);
            }
        }
        Optional<RunEnd> known = rooms.ends().find(runId);
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
        rooms.tenure().await();
        List<ActiveRun> meant = activeRuns(key).stream().filter(isMeant).toList();
        if (!rooms.board().isOpen() && meant.stream().anyMatch(ActiveRun::isWaiting)) {
            throw Tenure.restarting(); // whose they are is being decided
        }
        return abort(key, meant);
    }

    /** Ends what goes on in a conversation, and begins a new window of it. */
    void startAnew(String sessionKey) {
        var _ = abort(sessionKey, activeRuns(sessionKey));
        var _ = reset(Router.route(sessionKey, config()));
    }

    /** Stops all runs of a conversation but one; says how many. */
    int stopOthers(String sessionKey, String runId) {
        List<ActiveRun> others =
                activeRuns(sessionKey).stream().filter(run -> !run.runId().equals(runId)).toList();
        return abort(sessionKey, others).size();
    }

    private List<String> abort(String key, List<ActiveRun> runs) {
        List<String> ids = runs.stream().map(ActiveRun::runId).toList();
        ids.forEach(id -> rooms.board().abort(key, id));
        return ids;
    }

    @Override
    public History history(HistoryQuery query) {
        return rooms.histories()
                .read(Router.route(query.sessionKey(), config()).sessionKey(), query);
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
        return rooms.board().runs(sessionKey);
    }

    @Override
    public Conversations conversations() {
        return new LiveConversations(parts, rooms.tenure());
    }

    @Override
    public Session resetSession(String key) {
        Route route = Router.route(key, config());
        var _ = abort(route.sessionKey(), _ -> true);
        return reset(route);
    }

    private Session reset(Route route) {
        Sessions sessions = parts.journal().sessions();
        Session session =
                rooms.tenure().write(epoch -> sessions.reset(epoch, newSession(route, "")));
        announce(route, "reset", Optional.of(session));
        return session;
    }

    @Override
    public boolean deleteSession(String key) {
        Route route = Router.route(key, config());
        var _ = abort(route.sessionKey(), _ -> true);
        Sessions sessions = parts.journal().sessions();
        boolean deleted = rooms.tenure().write(epoch -> sessions.delete(epoch, route.sessionKey()));
        if (deleted) {
            announce(route, "delete", Optional.empty());
        }
        return deleted;
    }

    @Override
    public EmbeddingAnswer embed(String provider, EmbeddingRequest request, CancelSignal cancel) {
        if (!parts.plugins().hold()) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE, "the configuration has just changed; ask again");
        }
        try {
            return new Embedder(parts.world(), parts.plugins(), config().agents().timeoutMs())
                    .embed(provider, request, cancel);
        } finally {
            parts.plugins().release();
        }
    }

    @Override
    public void systemEvent(String text) {
        systemEvent(text, parts.world().ids().next());
    }

    @Override
    public void systemEvent(String text, String id) {
        Route route = Router.route("main", config());
        Sessions sessions = parts.journal().sessions();
        if (sessions.row(route.sessionKey(), id).isPresent()) {
            return;
        }
        var row =
                new NewRow(
                        id,
                        TranscriptRow.Role.SYSTEM,
                        TranscriptRow.Kind.EVENT,
                        text,
                        TranscriptRow.Provenance.NONE);
        var _ = rooms.tenure().write(epoch -> sessions.append(epoch, newSession(route, ""), row));
    }

    @Override
    public List<Usage.Sum> usage(Usage.Span span) {
        return parts.journal().usage().sums(span);
    }

    @Override
    public ConfigSnapshot config() {
        return parts.config();
    }

    @Override
    public List<CommandInfo> commands() {
        return SlashCommands.all();
    }

    @Override
    public Pairing pairing() {
        return rooms.pairing();
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
}
