package dev.evergate.server;

import dev.evergate.api.CancelSignal;
import dev.evergate.core.gateway.Compacted;
import dev.evergate.core.gateway.Conversations;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.core.journal.TranscriptRow;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Conversations of a {@link FakeGateway}. Thread-safe. */
final class FakeConversations implements Conversations {
    /** By the ids of their runs. */
    final Map<String, String> keysOfRuns = new ConcurrentHashMap<>();

    final List<String> injected = new CopyOnWriteArrayList<>();

    private final Map<String, Session> sessions;

    FakeConversations(Map<String, Session> sessions) {
        this.sessions = sessions;
    }

    @Override
    public Session create(String key, String label, SessionDetails details) {
        Session session =
                FakeGateway.sample(key.isEmpty() ? "agent:main:dashboard:1" : key)
                        .with(label)
                        .with(details);
        sessions.put(session.key(), session);
        return session;
    }

    @Override
    public Session change(String key, UnaryOperator<Session> change) {
        Session session = change.apply(sessions.computeIfAbsent(key, FakeGateway::sample));
        sessions.put(key, session);
        return session;
    }

    @Override
    public Optional<Session> ofWindow(String sessionId) {
        return sessions.values().stream()
                .filter(session -> session.sessionId().equals(sessionId))
                .findFirst();
    }

    @Override
    public Optional<String> ofRun(String runId) {
        return Optional.ofNullable(keysOfRuns.get(runId));
    }

    @Override
    public List<String> categories() {
        return sessions.values().stream()
                .flatMap(session -> session.details().text(Text.CATEGORY).stream())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public Optional<TranscriptRow> row(String key, String rowId) {
        return rowId.equals("row-1")
                ? Optional.of(FakeGateway.row(1, TranscriptRow.Role.USER, "hello there"))
                : Optional.empty();
    }

    @Override
    public Compacted compact(String key, String hint, CancelSignal cancel) {
        return sessions.containsKey(key)
                ? new Compacted.Failed("the model is tired")
                : new Compacted.Needless("nothing to compact", 2);
    }

    @Override
    public Compacted cutTo(String key, int rows) {
        return new Compacted.Done(
                FakeGateway.row(3, TranscriptRow.Role.SYSTEM, "cut"), rows, 30, 10);
    }

    @Override
    public Optional<Room> room(String key) {
        return Optional.empty();
    }

    @Override
    public TranscriptRow inject(String key, String text) {
        injected.add(text);
        return FakeGateway.row(3, TranscriptRow.Role.ASSISTANT, text);
    }
}
