package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Usage;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What the gateway can be asked to do, whoever asks: server, command line, and one day channels'
 * commands.
 *
 * <p>Thread-safe. Methods block on the store unless they say otherwise and belong on a virtual
 * thread. What they return after a write is durable. Errors are {@link
 * dev.evergate.core.fault.EvergateException}; {@code UNAVAILABLE} means: try again.
 */
public interface Gateway {
    /** Accepts a message, once for each idempotency key, and has it answered. */
    Sent send(Message message);

    /**
     * Completes when the run has ended, at once if it has; empty if no such run is known. Does not
     * block.
     */
    CompletionStage<Optional<RunEnd>> end(String runId);

    /**
     * Stops the runs of a conversation, or just one of them; returns those that were running or
     * waiting.
     */
    List<String> abort(String sessionKey, Optional<String> runId);

    /** A conversation's newest rows and what is going on in it. */
    History history(HistoryQuery query);

    Sessions.Listing sessions(Sessions.Query query);

    Optional<Session> session(String key);

    /** The runs of a conversation that are going on or waiting. Does not block. */
    List<ActiveRun> activeRuns(String sessionKey);

    /** What else can be done with conversations. Does not block. */
    Conversations conversations();

    /** Starts a new window of a conversation. */
    Session resetSession(String key);

    boolean deleteSession(String key);

    /**
     * Has a model turn texts into vectors.
     *
     * @param provider its configured name
     * @param cancel nobody waits for them any more when it is raised
     * @throws dev.evergate.core.fault.EvergateException INVALID_REQUEST if the model refuses,
     *     UNAVAILABLE if it cannot answer now
     */
    EmbeddingAnswer embed(String provider, EmbeddingRequest request, CancelSignal cancel);

    /** Tells the default agent something it sees with its next message; durable. */
    void systemEvent(String text);

    /**
     * The same, unless it was told already, by whatever process.
     *
     * @param id of what is told; not blank
     */
    void systemEvent(String text, String id);

    /**
     * The same gateway under the configuration that is in force now, for one request: it sees that
     * one to its end, whatever comes into force meanwhile. Does not block.
     */
    Gateway pinned();

    /** The configuration in force. Does not block. */
    ConfigSnapshot config();

    /** What models have read and written in that time; see {@link Usage#sums}. */
    List<Usage.Sum> usage(Usage.Span span);

    /** Slash commands a client can offer. Does not block. */
    List<CommandInfo> commands();

    /** Who of the devices may connect. Does not block. */
    Pairing pairing();

    /** What happens, as it happens. Does not block. */
    EventFeed events();

    /**
     * Something to say.
     *
     * @param sessionKey the conversation; {@code main} is the default agent's main one
     * @param content what is said
     * @param attachments what the content and the options name
     * @param idempotencyKey names the message and its run; not blank
     * @param options how it is to be answered
     */
    record Message(
            String sessionKey,
            Content content,
            List<Attachment> attachments,
            String idempotencyKey,
            Sender sender,
            MessageOptions options) {
        public Message {
            attachments = List.copyOf(attachments);
        }

        /** Plain text. */
        public Message(String sessionKey, String text, String idempotencyKey, Sender sender) {
            this(
                    sessionKey,
                    Content.text(text),
                    List.of(),
                    idempotencyKey,
                    sender,
                    MessageOptions.NONE);
        }

        /** The same, to be answered in another way. */
        public Message with(MessageOptions others) {
            return new Message(sessionKey, content, attachments, idempotencyKey, sender, others);
        }

        /** Its text alone. */
        public String text() {
            return content.text();
        }
    }

    /**
     * Who says something.
     *
     * @param name for people
     * @param isOwner whether it may command the gateway itself, not only talk to it
     */
    record Sender(String name, boolean isOwner) {}

    /** What became of a message. */
    sealed interface Sent {
        String runId();

        /** Accepted now. */
        record Started(String runId, String sessionKey, String agentId, long acceptedAtMs)
                implements Sent {}

        /** Accepted before, and not answered yet. */
        record InFlight(String runId, String sessionKey, String agentId, long acceptedAtMs)
                implements Sent {}

        /** Accepted before, and ended. */
        record Ended(String runId, RunEnd end) implements Sent {}
    }

    /**
     * @param limit rows at most, 1 to 1000
     * @param offset newest rows to leave out
     * @param cursor from an earlier answer; empty for a full one
     * @param messageId a row that is to be in the answer, in the current or an earlier window;
     *     empty for the newest rows
     */
    record HistoryQuery(String sessionKey, int limit, int offset, String cursor, String messageId) {
        /** For the newest rows, or what came after the cursor. */
        public HistoryQuery(String sessionKey, int limit, int offset, String cursor) {
            this(sessionKey, limit, offset, cursor, "");
        }
    }

    /** A conversation, as far as it was asked for. */
    sealed interface History {
        /**
         * The newest rows, or those around the one that was asked for.
         *
         * @param sessionId the window they are of; empty if there is none
         * @param offset newer rows that were left out
         * @param total rows in that window
         */
        record Full(
                String sessionKey,
                Optional<Session> session,
                String sessionId,
                List<TranscriptRow> rows,
                long offset,
                long total,
                String cursor,
                List<ActiveRun> active)
                implements History {}

        /** What came after the cursor. */
        record Delta(
                String sessionKey,
                Session session,
                List<TranscriptRow> rows,
                String cursor,
                List<ActiveRun> active)
                implements History {}

        /** The cursor does not fit any more: ask without one. */
        record Reset(String sessionKey) implements History {}
    }

    /**
     * A run that is going on or waiting.
     *
     * @param text what it has said so far
     * @param userText the message it answers
     * @param startedAtMs 0 while it waits
     */
    record ActiveRun(
            String runId,
            String sessionKey,
            String userText,
            long acceptedAtMs,
            long startedAtMs,
            String text) {
        public boolean isWaiting() {
            return startedAtMs == 0;
        }
    }

    /** A slash command. {@code name} has no slash. */
    record CommandInfo(String name, String description, boolean acceptsArguments) {}
}
