package dev.evergate.testkit.journal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.SessionDetails.Moment;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;
import dev.evergate.testkit.journal.MemoryDisk.Window;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Conversations and transcripts of a {@link MemoryJournal}. */
record MemorySessions(MemoryJournal journal) implements Sessions {
    private static final int PREVIEW_CHARS = 120;

    @Override
    public Optional<Session> find(String key) {
        return journal.atomically(() -> Optional.ofNullable(disk().sessions.get(key)));
    }

    @Override
    public Optional<Session> ofWindow(String sessionId) {
        return journal.atomically(
                () ->
                        disk().sessions.values().stream()
                                .filter(session -> session.sessionId().equals(sessionId))
                                .findFirst());
    }

    @Override
    public Listing list(Query query) {
        return journal.atomically(
                () -> {
                    List<Session> matching =
                            new ArrayList<>(disk().sessions.values())
                                    .reversed().stream()
                                            .filter(session -> matches(session, query.filter()))
                                            .toList();
                    List<Session> some =
                            matching.stream()
                                    .sorted(
                                            Comparator.comparing(
                                                    session ->
                                                            query.pinnedFirst()
                                                                    && !session.details()
                                                                            .has(Moment.PINNED)))
                                    .skip(query.offset())
                                    .limit(query.limit())
                                    .toList();
                    return new Listing(some, matching.size());
                });
    }

    private static boolean matches(Session session, Filter filter) {
        SessionDetails details = session.details();
        String searched =
                session.key()
                        + "\n"
                        + session.label()
                        + "\n"
                        + details.text(Text.DISPLAY_NAME).orElse("");
        boolean isArchived = details.has(Moment.ARCHIVED);
        return searched.toLowerCase(Locale.ROOT).contains(filter.search().toLowerCase(Locale.ROOT))
                && isOrAny(session.agentId(), filter.agentId())
                && isOrAny(session.label(), filter.label())
                && session.updatedAtMs() >= filter.changedSinceMs()
                && switch (filter.archived()) {
                    case NO -> !isArchived;
                    case ONLY -> isArchived;
                    case ALL -> true;
                };
    }

    private static boolean isOrAny(String value, String wanted) {
        return wanted.isEmpty() || wanted.equals(value);
    }

    @Override
    public List<String> categories() {
        return journal.atomically(
                () ->
                        disk().sessions.values().stream()
                                .flatMap(session -> session.details().text(Text.CATEGORY).stream())
                                .distinct()
                                .sorted()
                                .toList());
    }

    @Override
    public Changed change(Epoch epoch, NewSession orElse, UnaryOperator<Session> change) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    Session before = ensure(orElse);
                    Session wanted = change.apply(before);
                    Session after = before.with(wanted.label()).with(wanted.details());
                    boolean isNewer =
                            !after.label().equals(before.label())
                                    || !after.details().differsOnlyInReading(before.details());
                    if (isNewer) {
                        after = changed(at(after, orElse.nowMs()));
                    } else {
                        var _ = disk().sessions.put(after.key(), after);
                    }
                    return new Changed(before, after);
                });
    }

    @Override
    public Optional<TranscriptRow> row(String key, String rowId) {
        return journal.atomically(
                () ->
                        disk().windows.values().stream()
                                .filter(window -> window.key().equals(key))
                                .flatMap(window -> window.rows().stream())
                                .filter(row -> row.id().equals(rowId))
                                .findFirst());
    }

    @Override
    public Optional<Compaction> compaction(String sessionId, long seq) {
        return journal.atomically(
                () ->
                        disk().compactions.reversed().stream()
                                .filter(c -> c.row().sessionId().equals(sessionId))
                                .filter(c -> c.row().seq() < seq)
                                .findFirst());
    }

    @Override
    public Optional<TranscriptRow> shorten(Epoch epoch, Shortening wanted) {
        return journal.atomically(
                () -> {
                    disk().require(epoch);
                    long covered =
                            compaction(wanted.sessionId(), Long.MAX_VALUE)
                                    .map(Compaction::coversSeq)
                                    .orElse(0L);
                    if (ofWindow(wanted.sessionId()).isEmpty() || covered != wanted.coveredSeq()) {
                        return Optional.empty();
                    }
                    Optional<TranscriptRow> added =
                            append(wanted.sessionId(), "", wanted.row(), wanted.nowMs());
                    added.ifPresent(
                            row -> disk().compactions.add(new Compaction(row, wanted.coversSeq())));
                    return added;
                });
    }

    @Override
    public long length(String key, String sessionId) {
        return journal.atomically(
                () -> {
                    Window window = disk().windows.get(sessionId);
                    return window != null && window.key().equals(key)
                            ? (long) window.rows().size()
                            : 0L;
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
                                            session.nowMs())
                                    .with(known.details()));
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
                                session.nowMs())
                        .with(session.details()));
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
        boolean isMessage = row.kind() == TranscriptRow.Kind.MESSAGE && !row.text().isEmpty();
        boolean isFirst =
                isMessage && row.role() == TranscriptRow.Role.USER && session.title().isEmpty();
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
                isMessage ? start(row.text()) : session.preview(),
                isFirst ? start(row.text().strip()) : session.title(),
                row.role() == TranscriptRow.Role.SYSTEM ? session.spokenAtMs() : row.timestampMs(),
                session.details());
    }

    private static String start(String text) {
        return text.substring(0, Math.min(PREVIEW_CHARS, text.length()));
    }

    private static Session at(Session session, long updatedAtMs) {
        return new Session(
                session.key(),
                session.sessionId(),
                session.agentId(),
                session.label(),
                session.createdAtMs(),
                updatedAtMs,
                session.lastSeq(),
                session.inputTokens(),
                session.outputTokens(),
                session.preview(),
                session.title(),
                session.spokenAtMs(),
                session.details());
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
