package dev.evergate.testkit.journal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions.NewSession;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal;
import dev.evergate.testkit.journal.MemoryDisk.StoredTurn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The turns of a {@link MemoryJournal}. */
record MemoryTurns(MemoryJournal journal, MemorySessions sessions) implements TurnJournal {
    @Override
    public Begun begin(Epoch epoch, Beginning beginning) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    return begun(epoch, beginning);
                });
    }

    private Begun begun(Epoch epoch, Beginning beginning) {
        IncomingMessage message = beginning.message().message();
        StoredTurn earlier = disk().turns.get(message.runId());
        if (earlier != null && earlier.turn().state().isTerminal()) {
            throw ended(earlier.turn());
        }
        Session session =
                sessions.ensure(
                        new NewSession(
                                message.sessionKey(),
                                beginning.newSessionId(),
                                beginning.agentId(),
                                "",
                                beginning.nowMs()));
        TranscriptRow userRow =
                Optional.ofNullable(earlier)
                        .flatMap(turn -> row(turn.turn().sessionId(), turn.userSeq()))
                        .orElseGet(() -> appendUserRow(session.sessionId(), beginning));
        Turn turn =
                new Turn(
                        message.runId(),
                        message.id(),
                        message.sessionKey(),
                        userRow.sessionId(),
                        Turn.State.RUNNING,
                        earlier == null ? 0 : earlier.turn().attempt() + 1,
                        earlier == null ? "" : earlier.turn().partialText(),
                        earlier == null ? beginning.nowMs() : earlier.turn().startedAtMs(),
                        0,
                        "");
        disk().turns
                .put(
                        message.runId(),
                        new StoredTurn(turn, epoch.value(), userRow.seq(), List.of()));
        return new Begun(turn, sessions.find(message.sessionKey()).orElseThrow(), userRow);
    }

    private TranscriptRow appendUserRow(String sessionId, Beginning beginning) {
        IncomingMessage message = beginning.message().message();
        var row =
                new NewRow(
                        beginning.rowId(),
                        TranscriptRow.Role.USER,
                        beginning.kind(),
                        message.content(),
                        Provenance.NONE);
        return sessions.append(sessionId, message.runId(), row, beginning.nowMs()).orElseThrow();
    }

    @Override
    public void checkpoint(Epoch epoch, String runId, String partialText) {
        StoredTurn _ =
                journal.atomically(
                        () -> {
                            StoredTurn stored = owned(epoch, runId);
                            Turn turn = stored.turn();
                            var next =
                                    new StoredTurn(
                                            moved(turn, Turn.State.RUNNING, partialText, 0, ""),
                                            stored.epoch(),
                                            stored.userSeq(),
                                            List.of());
                            disk().turns.put(runId, next);
                            return next;
                        });
    }

    @Override
    public List<TranscriptRow> finish(Epoch epoch, Ending ending) {
        if (!ending.state().isTerminal()) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "Turn %s cannot end as %s".formatted(ending.runId(), ending.state()));
        }
        return journal.atomically(() -> finished(epoch, ending));
    }

    private List<TranscriptRow> finished(Epoch epoch, Ending ending) {
        StoredTurn known = disk().turns.get(ending.runId());
        if (known != null && isRepeated(known, epoch, ending)) {
            return known.endingRows().stream()
                    .flatMap(id -> rowById(known.turn().sessionId(), id).stream())
                    .toList();
        }
        StoredTurn stored = owned(epoch, ending.runId());
        List<TranscriptRow> rows = new ArrayList<>();
        for (NewRow row : ending.rows()) {
            sessions.append(stored.turn().sessionId(), ending.runId(), row, ending.nowMs())
                    .ifPresent(rows::add);
        }
        for (Outbox.NewDelivery delivery : ending.deliveries()) {
            if (disk().deliveries.containsKey(delivery.id())) {
                throw new EvergateException(
                        ErrorCode.INVALID_REQUEST,
                        "There is a delivery %s".formatted(delivery.id()));
            }
            disk().deliveries
                    .put(
                            delivery.id(),
                            new Outbox.Delivery(
                                    delivery,
                                    ending.runId(),
                                    Outbox.State.PENDING,
                                    0,
                                    ending.nowMs(),
                                    ""));
        }
        Turn turn =
                moved(
                        stored.turn(),
                        ending.state(),
                        stored.turn().partialText(),
                        ending.nowMs(),
                        ending.error());
        disk().turns
                .put(
                        ending.runId(),
                        new StoredTurn(
                                turn,
                                stored.epoch(),
                                stored.userSeq(),
                                rows.stream().map(TranscriptRow::id).toList()));
        disk().inbox
                .replaceAll(
                        (_, accepted) ->
                                accepted.message().runId().equals(ending.runId())
                                        ? new AcceptedMessage(
                                                accepted.message(),
                                                accepted.arrival(),
                                                ending.state().fate())
                                        : accepted);
        return rows;
    }

    @Override
    public Optional<Turn> find(String runId) {
        return journal.atomically(
                () -> Optional.ofNullable(disk().turns.get(runId)).map(StoredTurn::turn));
    }

    @Override
    public Optional<TranscriptRow> reply(String runId) {
        return journal.atomically(
                () ->
                        Optional.ofNullable(disk().turns.get(runId))
                                .filter(stored -> !stored.endingRows().isEmpty())
                                .flatMap(
                                        stored ->
                                                rowById(
                                                        stored.turn().sessionId(),
                                                        stored.endingRows().getLast())));
    }

    private static boolean isRepeated(StoredTurn stored, Epoch epoch, Ending ending) {
        return stored.turn().state() == ending.state()
                && stored.epoch() == epoch.value()
                && stored.turn().endedAtMs() == ending.nowMs()
                && stored.endingRows().equals(ending.rows().stream().map(NewRow::id).toList());
    }

    /** The running turn, if this epoch began its latest attempt. */
    private StoredTurn owned(Epoch epoch, String runId) {
        StoredTurn stored = disk().turns.get(runId);
        if (stored == null) {
            throw new EvergateException(ErrorCode.NOT_FOUND, "There is no turn " + runId);
        }
        if (stored.epoch() != epoch.value()) {
            throw MemoryDisk.fenced(
                    epoch, "turn %s is run by epoch %d".formatted(runId, stored.epoch()));
        }
        if (stored.turn().state().isTerminal()) {
            throw ended(stored.turn());
        }
        return stored;
    }

    private static Turn moved(
            Turn turn, Turn.State state, String partialText, long endedAtMs, String error) {
        return new Turn(
                turn.runId(),
                turn.messageId(),
                turn.sessionKey(),
                turn.sessionId(),
                state,
                turn.attempt(),
                partialText,
                turn.startedAtMs(),
                endedAtMs,
                error);
    }

    private static EvergateException ended(Turn turn) {
        return new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "Turn %s has ended already: %s".formatted(turn.runId(), turn.state()));
    }

    private Optional<TranscriptRow> row(String sessionId, long seq) {
        return sessions.rows(sessionId).stream().filter(row -> row.seq() == seq).findFirst();
    }

    private Optional<TranscriptRow> rowById(String sessionId, String id) {
        return sessions.rows(sessionId).stream().filter(row -> row.id().equals(id)).findFirst();
    }

    private MemoryDisk disk() {
        return journal.disk();
    }
}
