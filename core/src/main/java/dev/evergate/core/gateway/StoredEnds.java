package dev.evergate.core.gateway;

import dev.evergate.core.gateway.GatewayEvent.MessageAdded;
import dev.evergate.core.gateway.GatewayEvent.Run;
import dev.evergate.core.gateway.GatewayEvent.RunEnded;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Role;
import dev.evergate.core.journal.Turn;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Ends of turns as the journal knows them, and telling of those that another generation reached.
 * Thread-safe; blocks on the store.
 */
record StoredEnds(Supplier<GatewayParts> latest, Told told) {
    /** The rows of one ending: a reply, or a partial one and a notice. */
    private static final int ENDING_ROWS_MAX = 2;

    private GatewayParts parts() {
        return latest.get();
    }

    Optional<RunEnd> find(String runId) {
        return ended(runId).map(this::endOf);
    }

    /**
     * How a turn ended; observers are told with its rows, unless they were before. Empty if it has
     * not ended.
     */
    Optional<RunEnd> tell(String runId) {
        Optional<Turn> ended = ended(runId);
        ended.filter(_ -> told.end(runId)).ifPresent(this::tell);
        return ended.map(this::endOf);
    }

    private Optional<Turn> ended(String runId) {
        return parts().journal().turns().find(runId).filter(turn -> turn.state().isTerminal());
    }

    private void tell(Turn turn) {
        RunEnd end = endOf(turn);
        Optional<Session> session = parts().journal().sessions().find(turn.sessionKey());
        for (TranscriptRow row : rows(turn)) {
            if (told.row(row.id())) {
                parts().feed()
                        .publish(new MessageAdded(turn.sessionKey(), end.agentId(), row, session));
            }
        }
        var run = new Run(turn.runId(), turn.sessionKey(), turn.sessionId(), end.agentId());
        // Above every number the attempt itself can have used.
        long runSeq = (turn.attempt() + 1) * RunVoice.ATTEMPT_SPAN;
        parts().feed().publish(new RunEnded(run, runSeq, end));
        parts().feed()
                .publish(
                        parts().sessionChanged(
                                        turn.sessionKey(),
                                        end.agentId(),
                                        "agent.input.settled",
                                        session));
    }

    private List<TranscriptRow> rows(Turn turn) {
        return parts().journal().turns().reply(turn.runId()).stream()
                .flatMap(
                        last ->
                                parts()
                                        .journal()
                                        .sessions()
                                        .after(
                                                last.sessionId(),
                                                Math.max(0, last.seq() - ENDING_ROWS_MAX),
                                                ENDING_ROWS_MAX)
                                        .stream())
                .filter(row -> row.role() == Role.ASSISTANT && row.runId().equals(turn.runId()))
                .toList();
    }

    private RunEnd endOf(Turn turn) {
        Optional<TranscriptRow> reply = parts().journal().turns().reply(turn.runId());
        return new RunEnd(
                turn.runId(),
                turn.sessionKey(),
                turn.sessionId(),
                parts().config().agents().defaultId(),
                turn.state(),
                reply.map(TranscriptRow::content).orElse(Content.NONE),
                reply.map(TranscriptRow::provenance).orElse(TranscriptRow.Provenance.NONE),
                turn.error(),
                turn.startedAtMs(),
                turn.endedAtMs());
    }
}
