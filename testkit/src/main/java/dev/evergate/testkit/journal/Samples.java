package dev.evergate.testkit.journal;

import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.Outbox.NewDelivery;
import dev.evergate.core.journal.Sessions.NewSession;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.TranscriptRow.Role;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.TurnJournal.Beginning;
import dev.evergate.core.journal.TurnJournal.Ending;
import dev.evergate.core.journal.TurnJournal.NewRow;

import java.util.List;

/** Small values for tests of journals. */
public final class Samples {
    /** A wall clock reading, Unix milliseconds. */
    public static final long NOW_MS = 1_763_000_000_000L;

    private Samples() {}

    /** A control-plane message: the run is the key; ids follow from it. */
    public static IncomingMessage message(String key, String sessionKey) {
        return new IncomingMessage(
                "message-" + key, Origin.control(key), sessionKey, key, "say " + key, NOW_MS);
    }

    /** What was accepted, now or before. */
    public static AcceptedMessage accepted(Acceptance acceptance) {
        return switch (acceptance) {
            case Acceptance.Accepted(var message) -> message;
            case Acceptance.Duplicate(var message) -> message;
        };
    }

    /** A message as the inbox would give it. */
    public static AcceptedMessage pending(IncomingMessage message, long arrival) {
        return new AcceptedMessage(message, arrival, Fate.PENDING);
    }

    public static NewSession session(String key, String sessionId) {
        return new NewSession(key, sessionId, "main", "", NOW_MS);
    }

    /** A beginning of the turn that answers a message. */
    public static Beginning beginning(AcceptedMessage message, String newSessionId) {
        return new Beginning(
                message,
                "main",
                newSessionId,
                "row-" + message.message().runId(),
                Kind.MESSAGE,
                NOW_MS + 1);
    }

    /** A row of the assistant. */
    public static NewRow reply(String id, String text) {
        return new NewRow(
                id,
                Role.ASSISTANT,
                Kind.MESSAGE,
                text,
                new Provenance("echo", "echo-1", "stop", 7, 11));
    }

    /** A row that belongs to nobody's speech. */
    public static NewRow notice(String id, String text) {
        return new NewRow(id, Role.SYSTEM, Kind.NOTICE, text, Provenance.NONE);
    }

    /** A turn that ends well with one reply. */
    public static Ending done(String runId, String text) {
        return new Ending(
                runId,
                Turn.State.DONE,
                List.of(reply("reply-" + runId, text)),
                List.of(),
                "",
                NOW_MS + 2);
    }

    /** A delivery of a reply. */
    public static NewDelivery delivery(String id) {
        return new NewDelivery(id, "telegram", "default", "chat-7", "text of " + id);
    }

    /** The texts of rows, in order. */
    public static List<String> texts(List<TranscriptRow> rows) {
        return rows.stream().map(TranscriptRow::text).toList();
    }
}
