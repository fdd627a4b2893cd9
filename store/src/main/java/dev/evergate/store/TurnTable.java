package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions.NewSession;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The turns, each fenced by the epoch that began its latest attempt. Thread-safe. */
final class TurnTable implements TurnJournal {
    private static final String FIND =
            """
            SELECT run_id, message_id, session_key, session_id, state, attempt, partial_text,
                started_at_ms, ended_at_ms, error, epoch, user_seq, reply_seq
            FROM turns
            WHERE run_id = ?
            """;

    private static final String INSERT =
            """
            INSERT INTO turns (run_id, message_id, session_key, session_id, user_seq,
                reply_seq, state, attempt, epoch, partial_text, started_at_ms, ended_at_ms, error)
            VALUES (?, ?, ?, ?, ?, 0, 'RUNNING', 0, ?, '', ?, 0, '')
            """;

    private static final String BEGIN_AGAIN =
            """
            UPDATE turns
            SET attempt = attempt + 1, epoch = ?, session_id = ?, user_seq = ?
            WHERE run_id = ?
            """;

    private static final String CHECKPOINT =
            """
            UPDATE turns
            SET partial_text = ?
            WHERE run_id = ? AND epoch = ? AND state = 'RUNNING'
            """;

    private static final String NOTE_REPLY = "UPDATE turns SET reply_seq = ? WHERE run_id = ?";

    private static final String FINISH =
            """
            UPDATE turns
            SET state = ?, error = ?, ended_at_ms = ?
            WHERE run_id = ? AND epoch = ? AND state = 'RUNNING'
            """;

    private final SqlStore store;
    private final LeaseTable leases;

    TurnTable(SqlStore store, LeaseTable leases) {
        this.store = store;
        this.leases = leases;
    }

    /** A turn with what only the store knows of it. */
    private record Stored(Turn turn, long epoch, long userSeq, long replySeq) {}

    @Override
    public Begun begin(Epoch epoch, Beginning beginning) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    return begin(c, epoch, beginning);
                });
    }

    @Override
    public void checkpoint(Epoch epoch, String runId, String partialText) {
        int _ =
                store.write(
                        c -> {
                            int kept = c.update(CHECKPOINT, partialText, runId, epoch.value());
                            return kept > 0 ? kept : refuse(c, epoch, runId);
                        });
    }

    @Override
    public List<TranscriptRow> finish(Epoch epoch, Ending ending) {
        if (!ending.state().isTerminal()) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "Turn %s cannot end as %s (expected: DONE, ABORTED or FAILED)"
                            .formatted(ending.runId(), ending.state()));
        }
        return store.write(c -> finish(c, epoch, ending));
    }

    @Override
    public Optional<Turn> find(String runId) {
        return store.read(c -> find(c, runId).map(Stored::turn));
    }

    @Override
    public Optional<TranscriptRow> reply(String runId) {
        return store.read(
                c -> {
                    Optional<Stored> stored = find(c, runId);
                    return stored.isPresent()
                            ? rowAt(c, stored.get(), stored.get().replySeq())
                            : Optional.empty();
                });
    }

    private static Begun begin(StoreConnection c, Epoch epoch, Beginning beginning)
            throws SQLException {
        IncomingMessage message = beginning.message().message();
        Optional<Stored> earlier = find(c, message.runId());
        if (earlier.isPresent() && earlier.get().turn().state().isTerminal()) {
            throw ended(earlier.get().turn());
        }
        Session session =
                SessionTable.ensure(
                        c,
                        new NewSession(
                                message.sessionKey(),
                                beginning.newSessionId(),
                                beginning.agentId(),
                                "",
                                beginning.nowMs()));
        Optional<TranscriptRow> earlierRow = Optional.empty();
        if (earlier.isPresent()) {
            earlierRow = rowAt(c, earlier.get(), earlier.get().userSeq());
        }
        // The conversation may have been deleted between two attempts: then the message is shown
        // again in the new one.
        TranscriptRow userRow =
                earlierRow.isPresent()
                        ? earlierRow.get()
                        : appendUserRow(c, session.sessionId(), beginning);
        if (earlier.isPresent()) {
            int _ =
                    c.update(
                            BEGIN_AGAIN,
                            epoch.value(),
                            userRow.sessionId(),
                            userRow.seq(),
                            message.runId());
        } else {
            int _ =
                    c.update(
                            INSERT,
                            message.runId(),
                            message.id(),
                            message.sessionKey(),
                            userRow.sessionId(),
                            userRow.seq(),
                            epoch.value(),
                            beginning.nowMs());
        }
        return new Begun(
                find(c, message.runId()).orElseThrow().turn(),
                SessionTable.find(c, message.sessionKey()).orElseThrow(),
                userRow);
    }

    private static List<TranscriptRow> finish(StoreConnection c, Epoch epoch, Ending ending)
            throws SQLException {
        int ended =
                c.update(
                        FINISH,
                        ending.state().name(),
                        ending.error(),
                        ending.nowMs(),
                        ending.runId(),
                        epoch.value());
        if (ended == 0) {
            int _ = refuse(c, epoch, ending.runId());
        }
        String sessionId = find(c, ending.runId()).orElseThrow().turn().sessionId();
        List<TranscriptRow> rows = new ArrayList<>();
        for (NewRow row : ending.rows()) {
            SessionTable.append(c, sessionId, ending.runId(), row, ending.nowMs())
                    .ifPresent(rows::add);
        }
        if (!rows.isEmpty()) {
            int _ = c.update(NOTE_REPLY, rows.getLast().seq(), ending.runId());
        }
        for (Outbox.NewDelivery delivery : ending.deliveries()) {
            OutboxTable.add(c, ending.runId(), delivery, ending.nowMs());
        }
        InboxTable.giveFate(c, ending.runId(), ending.state().fate());
        return rows;
    }

    private static TranscriptRow appendUserRow(
            StoreConnection c, String sessionId, Beginning beginning) throws SQLException {
        IncomingMessage message = beginning.message().message();
        NewRow row =
                new NewRow(
                        beginning.rowId(),
                        TranscriptRow.Role.USER,
                        beginning.kind(),
                        message.text(),
                        Provenance.NONE);
        return SessionTable.append(c, sessionId, message.runId(), row, beginning.nowMs())
                .orElseThrow();
    }

    private static Optional<TranscriptRow> rowAt(StoreConnection c, Stored stored, long seq)
            throws SQLException {
        return TranscriptTable.between(c, stored.turn().sessionId(), seq - 1, seq).stream()
                .findFirst();
    }

    /** Says why a write to a turn found nothing to change. */
    private static int refuse(StoreConnection c, Epoch epoch, String runId) throws SQLException {
        Stored stored =
                find(c, runId)
                        .orElseThrow(
                                () ->
                                        new EvergateException(
                                                ErrorCode.NOT_FOUND, "There is no turn " + runId));
        if (stored.epoch() != epoch.value()) {
            throw LeaseTable.fenced(
                    epoch, "turn %s is run by epoch %d".formatted(runId, stored.epoch()));
        }
        throw ended(stored.turn());
    }

    private static EvergateException ended(Turn turn) {
        return new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "Turn %s has ended already: %s".formatted(turn.runId(), turn.state()));
    }

    private static Optional<Stored> find(StoreConnection c, String runId) throws SQLException {
        return c.first(
                FIND,
                row -> {
                    Turn turn =
                            new Turn(
                                    row.text(),
                                    row.text(),
                                    row.text(),
                                    row.text(),
                                    row.constant(Turn.State.class),
                                    row.count(),
                                    row.text(),
                                    row.number(),
                                    row.number(),
                                    row.text());
                    return new Stored(turn, row.number(), row.number(), row.number());
                },
                runId);
    }
}
