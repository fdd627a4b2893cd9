package dev.evergate.core.gateway;

import dev.evergate.api.ChatMessage;
import dev.evergate.core.agent.AgentRunner;
import dev.evergate.core.agent.AgentRunner.Outcome;
import dev.evergate.core.agent.CancelSource;
import dev.evergate.core.agent.Candidates;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.Sender;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.TranscriptRow.Role;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal.Beginning;
import dev.evergate.core.journal.TurnJournal.Begun;
import dev.evergate.core.journal.TurnJournal.Ending;
import dev.evergate.core.journal.TurnJournal.NewRow;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * One turn of this generation, from its acceptance to its end.
 *
 * <p>{@link #run} blocks the one task it is called on; everything else is thread-safe and does not
 * block.
 */
final class LiveTurn {
    private static final Logger log = LoggerFactory.getLogger(LiveTurn.class);

    /** Between two tries to reach a store that refuses. */
    private static final long STORE_RETRY_MS = 500;

    private final Supplier<GatewayParts> latest;
    private final StoredEnds ends;
    private final AcceptedMessage message;
    private final String agentId;
    private final Optional<Sender> sender;
    private final CancelSource cancel = new CancelSource();
    private final CompletableFuture<RunEnd> end;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private volatile GatewayParts parts;
    private volatile boolean placed;
    private volatile boolean interrupted;
    private volatile long startedAtMs;
    private volatile Optional<RunVoice> voice = Optional.empty();

    /** How far it has come. */
    private enum Stage {
        WAITING,
        /** Its task is on the way to the journal. */
        STARTED,
        /** It is in the journal as begun; until then the inbox alone knows it. */
        BEGUN,
        /** Another object stands for this turn. */
        PUT_BACK
    }

    LiveTurn(
            Supplier<GatewayParts> latest,
            StoredEnds ends,
            AcceptedMessage message,
            String agentId,
            Optional<Sender> sender) {
        this(latest, ends, message, agentId, sender, new CompletableFuture<>());
    }

    private LiveTurn(
            Supplier<GatewayParts> latest,
            StoredEnds ends,
            AcceptedMessage message,
            String agentId,
            Optional<Sender> sender,
            CompletableFuture<RunEnd> end) {
        this.latest = latest;
        this.parts = latest.get();
        this.ends = ends;
        this.message = message;
        this.agentId = agentId;
        this.sender = sender;
        this.end = end;
    }

    /** Marks it as being started; false if it was before. */
    boolean start() {
        return stage.compareAndSet(Stage.WAITING, Stage.STARTED);
    }

    /**
     * Takes a start back that has not led to a beginning yet: the same turn, waiting again. Empty
     * if there is nothing to take back.
     */
    Optional<LiveTurn> putBack() {
        if (!stage.compareAndSet(Stage.STARTED, Stage.PUT_BACK)) {
            return Optional.empty();
        }
        var again = new LiveTurn(latest, ends, message, agentId, sender, end);
        again.placed = command().isEmpty(); // its lane has it
        if (cancel.isCancelled()) {
            again.cancel();
        }
        return Optional.of(again);
    }

    /** Says that it stands in its lane, or needs none any more; false if it did before. */
    boolean place() {
        boolean isNew = !placed;
        placed = true;
        return isNew;
    }

    boolean isWaiting() {
        return stage.get() == Stage.WAITING;
    }

    boolean isStarting() {
        return stage.get() == Stage.STARTED;
    }

    boolean hasBegun() {
        return stage.get() == Stage.BEGUN;
    }

    /** The slash command it carries out; empty if a model answers. */
    Optional<String> command() {
        return SlashCommands.called(message.message().text());
    }

    /** What a command is to do. */
    SlashCommands.Call call() {
        return SlashCommands.call(message.message().text(), sessionKey(), runId(), sender, cancel);
    }

    /** Who said it; empty if an earlier generation accepted it. */
    Optional<Sender> sender() {
        return sender;
    }

    String runId() {
        return message.message().runId();
    }

    String sessionKey() {
        return message.message().sessionKey();
    }

    long arrival() {
        return message.arrival();
    }

    /** Completes when the turn has ended; never, if this generation ends first. */
    CompletableFuture<RunEnd> end() {
        return end;
    }

    /** Asks the turn to stop; what has been said is kept. */
    void cancel() {
        cancel.cancel();
    }

    /** Leaves the turn to the next generation: stops working on it without ending it. */
    void interrupt() {
        interrupted = true;
        cancel.cancel();
    }

    ActiveRun view() {
        return new ActiveRun(
                runId(),
                sessionKey(),
                message.message().text(),
                message.message().receivedAtMs(),
                startedAtMs,
                voice.map(RunVoice::text).orElse(""));
    }

    /** Has a model answer. */
    void run(Epoch epoch) {
        run(epoch, Kind.MESSAGE, begun -> askModel(epoch, begun));
    }

    /** Ends a turn that was stopped before it began. */
    void drop(Epoch epoch) {
        cancel.cancel();
        run(epoch, Kind.MESSAGE, _ -> new Outcome.Cancelled(""));
    }

    /** Answers at once with what {@code answer} says: a slash command. */
    void answer(Epoch epoch, Supplier<String> answer) {
        run(
                epoch,
                Kind.COMMAND,
                _ -> new Outcome.Answered(Content.text(untilStored(answer)), Provenance.NONE));
    }

    private void run(Epoch epoch, Kind userKind, Work work) {
        if (interrupted) {
            return; // it has not begun: the next generation finds it in the inbox
        }
        parts = hold();
        try {
            begin(epoch, userKind).ifPresent(begun -> carryOut(epoch, begun, userKind, work));
        } catch (EvergateException e) {
            // Fenced, or the store is closed: another generation owns this turn now, and it will
            // answer.
            log.warn("Turn {} is given up by this generation: {}", runId(), e.getMessage());
        } finally {
            parts.plugins().release();
        }
    }

    /** What is in force now, and stays open until the turn has ended. */
    private GatewayParts hold() {
        GatewayParts now = latest.get();
        while (!now.plugins().hold()) {
            now = latest.get(); // another configuration has come into force in this moment
        }
        return now;
    }

    /** Empty if it is not this generation's to carry out any more. */
    private Optional<Begun> begin(Epoch epoch, Kind userKind) {
        Begun begun;
        try {
            begun = untilStored(() -> parts.journal().turns().begin(epoch, beginning(userKind)));
        } catch (EvergateException e) {
            if (e.code() == ErrorCode.INVALID_REQUEST) {
                // Another generation has ended it: whoever waits for it here is told.
                Optional<RunEnd> known = untilStored(() -> ends.tell(runId()));
                if (known.isPresent()) {
                    end.complete(known.get());
                    return Optional.empty();
                }
            }
            throw e;
        }
        startedAtMs = begun.turn().startedAtMs();
        boolean isOurs = stage.compareAndSet(Stage.STARTED, Stage.BEGUN);
        announceBeginning(begun);
        return isOurs ? Optional.of(begun) : Optional.empty();
    }

    private void carryOut(Epoch epoch, Begun begun, Kind userKind, Work work) {
        var spoken = new RunVoice(parts, epoch, begun);
        voice = Optional.of(spoken);
        spoken.started(startedAtMs);
        Outcome outcome = produce(work, begun, spoken);
        if (interrupted) {
            parts.journal().turns().checkpoint(epoch, runId(), spoken.text());
            log.info("Turn {} is left to the next generation", runId());
            return;
        }
        finish(epoch, begun, spoken, outcome, replyKind(userKind));
    }

    private Outcome produce(Work work, Begun begun, RunVoice spoken) {
        if (begun.turn().attempt() >= parts.attemptsMax()) {
            return new Outcome.Failed(
                    spoken.text(),
                    "The gateway ended %d times while it was being answered."
                            .formatted(begun.turn().attempt()));
        }
        try {
            return work.produce(begun);
        } catch (EvergateException e) {
            if (e.code() == ErrorCode.UNAVAILABLE && !interrupted) {
                // A command during a hand-over: its sender is told to try again.
                return new Outcome.Failed(spoken.text(), String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (RuntimeException | Error bug) {
            // The boundary: a bug costs one answer, and its sender is told.
            log.error("Turn {} hit a bug", begun.turn().runId(), bug);
            return new Outcome.Failed(
                    spoken.text(), "An internal error stopped it; the log has the details.");
        }
    }

    private Beginning beginning(Kind userKind) {
        return new Beginning(
                message,
                agentId,
                parts.world().ids().next(),
                parts.world().ids().next(),
                userKind,
                parts.world().time().wallMillis());
    }

    private Kind replyKind(Kind userKind) {
        // The built-in card is for people; a model that is configured later must not take it for
        // its own words.
        return hasModel() ? userKind : Kind.COMMAND;
    }

    private boolean hasModel() {
        return !new Candidates(parts.config(), message.message().options()).models().isEmpty();
    }

    private void announceBeginning(Begun begun) {
        if (begun.turn().attempt() == 0) {
            Optional<Session> session = Optional.of(begun.session());
            parts.feed().publish(parts.sessionChanged(sessionKey(), agentId, "send", session));
            parts.feed()
                    .publish(
                            new GatewayEvent.MessageAdded(
                                    sessionKey(), agentId, begun.userRow(), session));
        }
    }

    private Outcome askModel(Epoch epoch, Begun begun) {
        if (!hasModel()) {
            return new Outcome.Answered(Content.text(parts.card().text()), Provenance.NONE);
        }
        if (cancel.isCancelled()) {
            return new Outcome.Cancelled("");
        }
        MessageOptions options =
                ModelChoice.options(begun.session(), message.message().options(), parts.config());
        RunVoice spoken = voice.orElseThrow();
        new TurnCompaction(parts, epoch, begun, spoken).ifFull(options, cancel);
        if (cancel.isCancelled()) {
            return new Outcome.Cancelled("");
        }
        List<ChatMessage> conversation =
                untilStored(() -> parts.prompt(options).conversation(begun));
        var listener =
                new AgentRunner.RunListener() {
                    @Override
                    public void model(String provider, String model) {
                        spoken.model(provider, model);
                    }

                    @Override
                    public void text(String delta) {
                        spoken.text(delta);
                    }
                };
        return parts.runner()
                .run(
                        new Candidates(parts.config(), options),
                        parts.plugins(),
                        conversation,
                        listener,
                        cancel);
    }

    private void finish(
            Epoch epoch, Begun begun, RunVoice spoken, Outcome outcome, Kind replyKind) {
        spoken.settle();
        long nowMs = parts.world().time().wallMillis();
        var ending =
                switch (outcome) {
                    case Outcome.Answered(var content, var provenance) ->
                            ending(
                                    Turn.State.DONE,
                                    List.of(reply(replyKind, content, provenance)),
                                    "",
                                    nowMs);
                    case Outcome.Cancelled(var text) ->
                            ending(Turn.State.ABORTED, partial(text, "aborted"), "", nowMs);
                    case Outcome.Failed(var text, var reason) -> {
                        List<NewRow> rows = new ArrayList<>(partial(text, "error"));
                        rows.add(notice(reason));
                        yield ending(Turn.State.FAILED, rows, reason, nowMs);
                    }
                };
        List<TranscriptRow> rows = untilStored(() -> parts.journal().turns().finish(epoch, ending));
        var session = untilStored(() -> parts.journal().sessions().find(sessionKey()));
        for (TranscriptRow row : rows) {
            parts.feed()
                    .publish(new GatewayEvent.MessageAdded(sessionKey(), agentId, row, session));
        }
        var result =
                new RunEnd(
                        runId(),
                        sessionKey(),
                        begun.session().sessionId(),
                        agentId,
                        ending.state(),
                        outcome.content(),
                        outcome instanceof Outcome.Answered(_, var provenance)
                                ? provenance
                                : Provenance.NONE,
                        ending.error(),
                        startedAtMs,
                        nowMs);
        spoken.ended(result);
        parts.feed()
                .publish(
                        parts.sessionChanged(
                                sessionKey(), agentId, "agent.input.settled", session));
        end.complete(result);
    }

    private Ending ending(Turn.State state, List<NewRow> rows, String error, long nowMs) {
        return new Ending(runId(), state, rows, List.of(), error, nowMs);
    }

    private NewRow reply(Kind kind, Content content, Provenance provenance) {
        return new NewRow(parts.world().ids().next(), Role.ASSISTANT, kind, content, provenance);
    }

    private List<NewRow> partial(String text, String stopReason) {
        return text.isEmpty()
                ? List.of()
                : List.of(
                        reply(
                                Kind.MESSAGE,
                                Content.text(text),
                                new Provenance("", "", stopReason, 0, 0)));
    }

    private NewRow notice(String reason) {
        return reply(
                Kind.NOTICE,
                Content.text("This message could not be answered. " + reason),
                Provenance.NONE);
    }

    /**
     * Repeats a step until the store takes it: an accepted message must reach its fate, however
     * long the disk is full. Gives up only when the turn is no longer ours.
     */
    private <T> T untilStored(Supplier<T> step) {
        while (true) {
            try {
                return step.get();
            } catch (EvergateException e) {
                if (e.code() != ErrorCode.STATE_UNUSABLE || interrupted || isPutBack()) {
                    throw e;
                }
                log.warn("Turn {} waits for the store: {}", runId(), e.getMessage());
                try {
                    parts.world().pause(STORE_RETRY_MS);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }

    private boolean isPutBack() {
        return stage.get() == Stage.PUT_BACK;
    }

    /** What makes the answer of a turn. */
    private interface Work {
        Outcome produce(Begun begun);
    }
}
