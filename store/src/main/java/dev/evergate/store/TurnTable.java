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

    /** Ended turns, but none with a delivery that is still open. */
    private static final String ENDED_BEFORE =
            """
            SELECT run_id
            FROM turns
            WHERE ended_at_ms > 0 AND ended_at_ms < ?
                AND NOT EXISTS (
                    SELECT 1
                    FROM outbox o
                    WHERE o.run_id = turns.run_id
                        AND o.state IN ('PENDING', 'SENDING', 'UNKNOWN'))
            LIMIT ?
            """;

    private static final List<String> FORGET =
            List.of(
                    "DELETE FROM inbox WHERE run_id = ?",
                    "DELETE FROM outbox WHERE run_id = ?",
                    "DELETE FROM turns WHERE run_id = ?");

    /** Turns that one transaction forgets: a few milliseconds. */
    private static final int FORGOTTEN_AT_ONCE = 200;

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
        int _ = store.write(c -> checkpoint(c, epoch, runId, partialText));
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

    /** Forgets the turns that ended before a moment, and all that belongs to them alone. */
    int prune(Epoch epoch, long beforeMs) {
        int forgotten = 0;
        int piece;
        do {
            piece =
                    store.write(
                            c -> {
                                leases.require(c, epoch);
                                return forget(c, beforeMs);
                            });
            forgotten += piece;
        } while (piece == FORGOTTEN_AT_ONCE);
        return forgotten;
    }

    private static int forget(StoreConnection c, long beforeMs) throws SQLException {
        List<String> runs = c.list(ENDED_BEFORE, Row::text, beforeMs, FORGOTTEN_AT_ONCE);
        for (String run : runs) {
            for (String sql : FORGET) {
                int _ = c.update(sql, run);
            }
            AttachmentTable.release(c, run);
        }
        return runs.size();
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

    private static int checkpoint(StoreConnection c, Epoch epoch, String runId, String partialText)
            throws SQLException {
        int kept = c.update(CHECKPOINT, partialText, runId, epoch.value());
        if (kept == 0) {
            throw refusal(require(c, runId), epoch);
        }
        return kept;
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
            return repeated(c, epoch, ending);
        }
        String sessionId = require(c, ending.runId()).turn().sessionId();
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

    /**
     * A caller that was not told whether its ending was stored gives it again: it is answered as
     * the first time.
     */
    private static List<TranscriptRow> repeated(StoreConnection c, Epoch epoch, Ending ending)
            throws SQLException {
        Stored stored = require(c, ending.runId());
        Turn turn = stored.turn();
        if (stored.epoch() == epoch.value()
                && turn.state() == ending.state()
                && turn.endedAtMs() == ending.nowMs()) {
            long last = stored.replySeq();
            List<TranscriptRow> rows =
                    TranscriptTable.between(c, turn.sessionId(), last - ending.rows().size(), last);
            if (ids(rows).equals(ending.rows().stream().map(NewRow::id).toList())) {
                return rows;
            }
        }
        throw refusal(stored, epoch);
    }

    private static List<String> ids(List<TranscriptRow> rows) {
        return rows.stream().map(TranscriptRow::id).toList();
    }

    private static TranscriptRow appendUserRow(
            StoreConnection c, String sessionId, Beginning beginning) throws SQLException {
        IncomingMessage message = beginning.message().message();
        NewRow row =
                new NewRow(
                        beginning.rowId(),
                        TranscriptRow.Role.USER,
                        beginning.kind(),
                        message.content(),
                        Provenance.NONE);
        AttachmentTable.hold(c, sessionId, message.content());
        return SessionTable.append(c, sessionId, message.runId(), row, beginning.nowMs())
                .orElseThrow();
    }

    private static Optional<TranscriptRow> rowAt(StoreConnection c, Stored stored, long seq)
            throws SQLException {
        return TranscriptTable.between(c, stored.turn().sessionId(), seq - 1, seq).stream()
                .findFirst();
    }

    private static Stored require(StoreConnection c, String runId) throws SQLException {
        return find(c, runId)
                .orElseThrow(
                        () ->
                                new EvergateException(
                                        ErrorCode.NOT_FOUND, "There is no turn " + runId));
    }

    /** Says why a write to a turn found nothing to change. */
    private static EvergateException refusal(Stored stored, Epoch epoch) {
        return stored.epoch() == epoch.value()
                ? ended(stored.turn())
                : LeaseTable.fenced(
                        epoch,
                        "turn %s is run by epoch %d"
                                .formatted(stored.turn().runId(), stored.epoch()));
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
