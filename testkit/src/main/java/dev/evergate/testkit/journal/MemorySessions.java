package dev.evergate.testkit.journal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;
import dev.evergate.testkit.journal.MemoryDisk.Window;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Conversations and transcripts of a {@link MemoryJournal}. */
record MemorySessions(MemoryJournal journal) implements Sessions {
    private static final int PREVIEW_CHARS = 120;

    @Override
    public Optional<Session> find(String key) {
        return journal.atomically(() -> Optional.ofNullable(disk().sessions.get(key)));
    }

    @Override
    public Listing list(Query query) {
        return journal.atomically(
                () -> {
                    String search = query.search().toLowerCase(Locale.ROOT);
                    List<Session> matching =
                            new ArrayList<>(disk().sessions.values())
                                    .reversed().stream()
                                            .filter(
                                                    session ->
                                                            query.agentId().isEmpty()
                                                                    || session.agentId()
                                                                            .equals(
                                                                                    query
                                                                                            .agentId()))
                                            .filter(
                                                    session ->
                                                            (session.key() + "\n" + session.label())
                                                                    .toLowerCase(Locale.ROOT)
                                                                    .contains(search))
                                            .toList();
                    List<Session> some =
                            matching.stream().skip(query.offset()).limit(query.limit()).toList();
                    return new Listing(some, matching.size());
                });
    }

    @Override
    public Session create(Epoch epoch, NewSession session) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    return ensure(session);
                });
    }

    @Override
    public Session reset(Epoch epoch, NewSession session) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    Session known = disk().sessions.get(session.key());
                    if (known == null) {
                        return ensure(session);
                    }
                    openWindow(session);
                    return changed(
                            new Session(
                                    known.key(),
                                    session.sessionId(),
                                    known.agentId(),
                                    known.label(),
                                    known.createdAtMs(),
                                    session.nowMs(),
                                    0,
                                    0,
                                    0,
                                    ""));
                });
    }

    @Override
    public boolean delete(Epoch epoch, String key) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    disk().windows.values().removeIf(window -> window.key().equals(key));
                    return disk().sessions.remove(key) != null;
                });
    }

    @Override
    public TranscriptRow append(Epoch epoch, NewSession session, NewRow row) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    return append(ensure(session).sessionId(), "", row, session.nowMs())
                            .orElseThrow();
                });
    }

    @Override
    public Page page(String key, int limit, int offset) {
        return journal.atomically(
                () -> {
                    Optional<Session> session = Optional.ofNullable(disk().sessions.get(key));
                    if (session.isEmpty()) {
                        return new Page(session, List.of(), 0);
                    }
                    List<TranscriptRow> rows = rows(session.get().sessionId());
                    int to = Math.max(0, rows.size() - offset);
                    int from = Math.max(0, to - limit);
                    return new Page(session, rows.subList(from, to), rows.size());
                });
    }

    @Override
    public List<TranscriptRow> after(String sessionId, long seq, int limit) {
        return journal.atomically(
                () ->
                        rows(sessionId).stream()
                                .filter(row -> row.seq() > seq)
                                .limit(limit)
                                .toList());
    }

    Session ensure(NewSession session) {
        Session known = disk().sessions.get(session.key());
        if (known != null) {
            return known;
        }
        openWindow(session);
        return changed(
                new Session(
                        session.key(),
                        session.sessionId(),
                        session.agentId(),
                        session.label(),
                        session.nowMs(),
                        session.nowMs(),
                        0,
                        0,
                        0,
                        ""));
    }

    private void openWindow(NewSession session) {
        var window = new Window(session.key(), new ArrayList<>());
        if (disk().windows.putIfAbsent(session.sessionId(), window) != null) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "The window %s exists".formatted(session.sessionId()));
        }
    }

    /** Adds a row to a window and tells its conversation; empty if the window is gone. */
    Optional<TranscriptRow> append(String sessionId, String runId, NewRow row, long nowMs) {
        Window window = disk().windows.get(sessionId);
        if (window == null) {
            return Optional.empty();
        }
        var added =
                new TranscriptRow(
                        sessionId,
                        window.rows().size() + 1L,
                        row.id(),
                        row.role(),
                        row.kind(),
                        row.content(),
                        runId,
                        nowMs,
                        row.provenance());
        window.rows().add(added);
        Session session = disk().sessions.get(window.key());
        if (session != null && session.sessionId().equals(sessionId)) {
            changed(noting(session, added));
        }
        return Optional.of(added);
    }

    private static Session noting(Session session, TranscriptRow row) {
        String preview =
                row.kind() == TranscriptRow.Kind.MESSAGE && !row.text().isEmpty()
                        ? row.text().substring(0, Math.min(PREVIEW_CHARS, row.text().length()))
                        : session.preview();
        return new Session(
                session.key(),
                session.sessionId(),
                session.agentId(),
                session.label(),
                session.createdAtMs(),
                row.timestampMs(),
                row.seq(),
                session.inputTokens() + row.provenance().inputTokens(),
                session.outputTokens() + row.provenance().outputTokens(),
                preview);
    }

    private Session changed(Session session) {
        disk().sessions.remove(session.key());
        disk().sessions.put(session.key(), session);
        return session;
    }

    List<TranscriptRow> rows(String sessionId) {
        Window window = disk().windows.get(sessionId);
        return window == null ? List.of() : List.copyOf(window.rows());
    }

    private MemoryDisk disk() {
        return journal.disk();
    }
}
