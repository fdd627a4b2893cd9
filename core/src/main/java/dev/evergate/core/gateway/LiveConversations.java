package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.core.conversation.Router;
import dev.evergate.core.conversation.Router.Route;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.GatewayEvent.MessageAdded;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.Sessions.Shortening;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.NewRow;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Conversations under one configuration. Blocks on the store. */
record LiveConversations(GatewayParts parts, Tenure tenure) implements Conversations {
    @Override
    public Session create(String key, String label, SessionDetails details) {
        String wanted = key.isEmpty() ? "dashboard:" + parts.world().ids().next() : key;
        Route route = route(wanted);
        Session session =
                tenure.write(epoch -> sessions().create(epoch, newSession(route, label, details)));
        announce(route, "create", Optional.of(session));
        return session;
    }

    @Override
    public Session change(String key, UnaryOperator<Session> change) {
        Route route = route(key);
        Sessions.NewSession orElse = newSession(route, "", SessionDetails.NONE);
        Sessions.Changed changed = tenure.write(epoch -> sessions().change(epoch, orElse, change));
        announce(route, "patch", Optional.of(changed.after()));
        return changed.after();
    }

    @Override
    public Optional<Session> ofWindow(String sessionId) {
        return sessions().ofWindow(sessionId);
    }

    @Override
    public Optional<String> ofRun(String runId) {
        return parts.journal()
                .inbox()
                .findByRun(runId)
                .map(accepted -> accepted.message().sessionKey());
    }

    @Override
    public List<String> categories() {
        return sessions().categories();
    }

    @Override
    public Optional<TranscriptRow> row(String key, String rowId) {
        return sessions().row(route(key).sessionKey(), rowId);
    }

    @Override
    public TranscriptRow inject(String key, String text) {
        Route route = route(key);
        if (sessions().find(route.sessionKey()).isEmpty()) {
            throw Conversations.unknown(route.sessionKey());
        }
        var row =
                new NewRow(
                        parts.world().ids().next(),
                        TranscriptRow.Role.ASSISTANT,
                        TranscriptRow.Kind.MESSAGE,
                        text,
                        TranscriptRow.Provenance.NONE);
        TranscriptRow added =
                tenure.write(
                        epoch ->
                                sessions()
                                        .append(
                                                epoch,
                                                newSession(route, "", SessionDetails.NONE),
                                                row));
        Optional<Session> session = sessions().find(route.sessionKey());
        parts.feed().publish(new MessageAdded(route.sessionKey(), route.agentId(), added, session));
        announce(route, "inject", session);
        return added;
    }

    @Override
    public Compacted compact(String key, String hint, CancelSignal cancel) {
        return shortened(key, (compactor, writer) -> compactor.summedUp(hint, cancel, writer));
    }

    @Override
    public Compacted cutTo(String key, int rows) {
        return shortened(key, (compactor, writer) -> compactor.cutTo(rows, writer));
    }

    private Compacted shortened(
            String key, BiFunction<Compactor, Compactor.Observer, Compacted> way) {
        Route route = route(key);
        Session session =
                sessions()
                        .find(route.sessionKey())
                        .orElseThrow(() -> Conversations.unknown(route.sessionKey()));
        var news = new CompactionNews(parts, route.sessionKey(), route.agentId());
        if (!parts.plugins().hold()) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE, "another configuration has come into force; try again");
        }
        try {
            Compacted result =
                    way.apply(
                            new Compactor(
                                    parts,
                                    session.sessionId(),
                                    session.lastSeq(),
                                    options(session)),
                            new Observer(news));
            news.ended(result);
            return result;
        } catch (EvergateException e) {
            news.over(false, String.valueOf(e.getMessage()));
            throw e;
        } finally {
            parts.plugins().release();
        }
    }

    private MessageOptions options(Session session) {
        return ModelChoice.options(session, MessageOptions.NONE, parts.config());
    }

    /** Writes under the lease. */
    private final class Observer implements Compactor.Observer {
        private final CompactionNews news;

        Observer(CompactionNews news) {
            this.news = news;
        }

        @Override
        public void begins() {
            news.begins();
        }

        @Override
        public Optional<TranscriptRow> write(Shortening shortening) {
            return tenure.write(epoch -> sessions().shorten(epoch, shortening));
        }
    }

    @Override
    public Optional<Room> room(String key) {
        return sessions().find(route(key).sessionKey()).map(this::room);
    }

    private Room room(Session session) {
        String window = session.sessionId();
        Optional<Compaction> shortened = sessions().compaction(window, session.lastSeq() + 1);
        long after =
                Math.max(
                        shortened.map(Compaction::coversSeq).orElse(0L),
                        session.lastSeq() - Prompt.ROWS_MAX);
        List<TranscriptRow> rows =
                sessions().after(window, Math.max(0, after), Prompt.ROWS_MAX).stream()
                        .filter(Transcripts::isSeenByModels)
                        .toList();
        long chars =
                Transcripts.chars(rows)
                        + shortened.map(known -> known.summary().length()).orElse(0);
        return new Room(
                chars / Transcripts.CHARS_PER_TOKEN,
                parts.prompt(options(session)).budgetChars() / Transcripts.CHARS_PER_TOKEN,
                rows.size(),
                shortened.isPresent());
    }

    private Route route(String key) {
        return Router.route(key, parts.config());
    }

    private Sessions sessions() {
        return parts.journal().sessions();
    }

    private Sessions.NewSession newSession(Route route, String label, SessionDetails details) {
        return new Sessions.NewSession(
                route.sessionKey(),
                parts.world().ids().next(),
                route.agentId(),
                label,
                parts.world().time().wallMillis(),
                details);
    }

    private void announce(Route route, String reason, Optional<Session> session) {
        parts.feed()
                .publish(
                        parts.sessionChanged(route.sessionKey(), route.agentId(), reason, session));
    }
}
