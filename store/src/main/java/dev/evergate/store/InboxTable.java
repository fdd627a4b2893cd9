package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.MessageOptions;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Every accepted message. Thread-safe. */
final class InboxTable implements Inbox {
    private static final String INSERT =
            """
            INSERT INTO inbox (message_id, channel, account, external_id, session_key, run_id,
                text, received_at_ms, fate)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING')
            ON CONFLICT (channel, account, external_id) DO NOTHING
            RETURNING arrival
            """;

    /** What most messages do not have. */
    private static final String ADD_REST =
            "UPDATE inbox SET content = ?, options = ? WHERE arrival = ?";

    private static final String SELECT =
            """
            SELECT message_id, channel, account, external_id, session_key, run_id,
                text, content, options, received_at_ms, arrival, fate
            FROM inbox
            """;

    private static final String FIND_BY_ORIGIN =
            SELECT + "WHERE channel = ? AND account = ? AND external_id = ?";

    private static final String FIND_BY_RUN = SELECT + "WHERE run_id = ?";

    private static final String PENDING = SELECT + "WHERE fate = 'PENDING' ORDER BY arrival";

    private static final String GIVE_FATE = "UPDATE inbox SET fate = ? WHERE run_id = ?";

    private final SqlStore store;

    InboxTable(SqlStore store) {
        this.store = store;
    }

    @Override
    public Acceptance accept(IncomingMessage message, List<Attachment> attachments) {
        return store.write(
                c -> {
                    Acceptance acceptance = insert(c, message);
                    if (acceptance instanceof Acceptance.Accepted) {
                        AttachmentTable.add(c, message.runId(), attachments);
                    }
                    return acceptance;
                });
    }

    @Override
    public List<AcceptedMessage> pending() {
        return store.read(c -> c.list(Schema4.reading(c, PENDING), InboxTable::message));
    }

    @Override
    public Optional<AcceptedMessage> findByRun(String runId) {
        return store.read(
                c -> c.first(Schema4.reading(c, FIND_BY_RUN), InboxTable::message, runId));
    }

    /** Ends the message that a run answers. */
    static void giveFate(StoreConnection c, String runId, Fate fate) throws SQLException {
        int _ = c.update(GIVE_FATE, fate.name(), runId);
    }

    private static Acceptance insert(StoreConnection c, IncomingMessage message)
            throws SQLException {
        Origin origin = message.origin();
        Optional<Long> arrival =
                c.first(
                        INSERT,
                        Row::number,
                        message.id(),
                        origin.channel(),
                        origin.account(),
                        origin.externalId(),
                        message.sessionKey(),
                        message.runId(),
                        message.text(),
                        message.receivedAtMs());
        if (arrival.isPresent()) {
            addRest(c, arrival.get(), message);
            return new Acceptance.Accepted(
                    new AcceptedMessage(message, arrival.get(), Fate.PENDING));
        }
        return new Acceptance.Duplicate(
                c.first(
                                Schema4.reading(c, FIND_BY_ORIGIN),
                                InboxTable::message,
                                origin.channel(),
                                origin.account(),
                                origin.externalId())
                        .orElseThrow());
    }

    private static void addRest(StoreConnection c, long arrival, IncomingMessage message)
            throws SQLException {
        String content = message.content().encoded();
        String options = message.options().encoded();
        if (content.isEmpty() && options.isEmpty()) {
            return;
        }
        if (!Schema4.isThere(c)) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "the gateway is being upgraded, and takes plain text only until it is; try"
                            + " again in a moment");
        }
        int _ = c.update(ADD_REST, content, options, arrival);
    }

    private static AcceptedMessage message(Row row) throws SQLException {
        IncomingMessage message =
                new IncomingMessage(
                        row.text(),
                        new Origin(row.text(), row.text(), row.text()),
                        row.text(),
                        row.text(),
                        Content.decode(row.text(), row.text()),
                        MessageOptions.decode(row.text()),
                        row.number());
        return new AcceptedMessage(message, row.number(), row.constant(Fate.class));
    }
}
