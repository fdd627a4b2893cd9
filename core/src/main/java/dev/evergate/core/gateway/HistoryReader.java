package dev.evergate.core.gateway;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.History;
import dev.evergate.core.gateway.Gateway.HistoryQuery;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;

import java.util.List;
import java.util.Optional;

/** Shows conversations: their rows and what is going on in them. Blocks on the store. */
record HistoryReader(Journal journal, TurnBoard board) {
    /** Rows a cursor may be behind; a client that missed more loads the newest page instead. */
    private static final int DELTA_ROWS_MAX = 1_000;

    /**
     * @param key canonical
     */
    History read(String key, HistoryQuery query) {
        // Runs are looked at first: one that ends in between then shows up in the rows as well,
        // never in neither.
        List<ActiveRun> active = runs(key);
        if (!query.messageId().isEmpty()) {
            return around(key, query, active);
        }
        return query.cursor().isEmpty() ? newest(key, query, active) : delta(key, query, active);
    }

    /** The wanted row with as many before as after it, as far as there are. */
    private History around(String key, HistoryQuery query, List<ActiveRun> active) {
        TranscriptRow wanted =
                journal.sessions()
                        .row(key, query.messageId())
                        .orElseThrow(
                                () ->
                                        new EvergateException(
                                                ErrorCode.INVALID_REQUEST,
                                                "no message \"%s\" in %s (expected: the id of one)"
                                                        .formatted(query.messageId(), key)));
        String window = wanted.sessionId();
        long total = journal.sessions().length(key, window);
        long last = Math.min(total, wanted.seq() + query.limit() / 2);
        long first = Math.max(0, last - query.limit());
        List<TranscriptRow> rows = journal.sessions().after(window, first, (int) (last - first));
        return new History.Full(
                key,
                journal.sessions().find(key),
                window,
                rows,
                total - last,
                total,
                "",
                unsettled(active, rows));
    }

    private History newest(String key, HistoryQuery query, List<ActiveRun> active) {
        Sessions.Page page = journal.sessions().page(key, query.limit(), query.offset());
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
                page.session().map(Session::sessionId).orElse(""),
                page.rows(),
                query.offset(),
                page.total(),
                cursor,
                unsettled(active, page.rows()));
    }

    private History delta(String key, HistoryQuery query, List<ActiveRun> active) {
        Optional<Session> session = journal.sessions().find(key);
        Optional<Cursor> cursor =
                Cursor.decode(query.cursor())
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
                journal.sessions()
                        .after(cursor.get().sessionId(), cursor.get().lastSeq(), DELTA_ROWS_MAX);
        long lastSeq = rows.isEmpty() ? cursor.get().lastSeq() : rows.getLast().seq();
        return new History.Delta(
                key,
                session.orElseThrow(),
                rows,
                new Cursor(cursor.get().sessionId(), lastSeq).encoded(),
                unsettled(active, rows));
    }

    /** Until the generation before has named its runs, the journal says which there are. */
    private List<ActiveRun> runs(String key) {
        if (!board.isStandby()) {
            return board.runs(key);
        }
        return journal.inbox().pending().stream()
                .filter(message -> message.message().sessionKey().equals(key))
                .map(this::run)
                .toList();
    }

    private ActiveRun run(AcceptedMessage message) {
        String runId = message.message().runId();
        Optional<Turn> turn = journal.turns().find(runId);
        String heard =
                board.runs(message.message().sessionKey()).stream()
                        .filter(run -> run.runId().equals(runId))
                        .map(ActiveRun::text)
                        .findFirst()
                        .orElse("");
        return new ActiveRun(
                runId,
                message.message().sessionKey(),
                message.message().text(),
                message.message().receivedAtMs(),
                turn.map(Turn::startedAtMs).orElse(0L),
                heard.isEmpty() ? turn.map(Turn::partialText).orElse("") : heard);
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
}
