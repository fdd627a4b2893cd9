package dev.evergate.app.sim;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Role;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps account of what clients were told, and compares it at the end with what there is. */
final class Auditor {
    /** Run id to session key. */
    private final Map<String, String> acknowledged = new LinkedHashMap<>();

    private final Map<String, Long> lastSeq = new HashMap<>();
    private final Map<String, Integer> ends = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    void acknowledged(String runId, String sessionKey) {
        acknowledged.put(runId, sessionKey);
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    boolean isAcknowledged(String runId) {
        return acknowledged.containsKey(runId);
    }

    void saw(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.RunStarted(var run, var seq, _, _) -> rises(run.runId(), seq);
            case GatewayEvent.RunModel(var run, var seq, _, _, _) -> rises(run.runId(), seq);
            case GatewayEvent.RunText(var run, var seq, var delta, var text, _, _) -> {
                rises(run.runId(), seq);
                check(
                        text.endsWith(delta),
                        "text of %s does not end with its delta".formatted(run.runId()));
            }
            case GatewayEvent.RunEnded(var run, var seq, _) -> {
                rises(run.runId(), seq);
                check(ends.merge(run.runId(), 1, Integer::sum) == 1, run.runId() + " ended twice");
            }
            case GatewayEvent.MessageAdded _, GatewayEvent.SessionChanged _ -> {}
        }
    }

    private void rises(String runId, long seq) {
        Long before = lastSeq.put(runId, seq);
        check(before == null || seq > before, "%s: seq %d after %d".formatted(runId, seq, before));
    }

    private void check(boolean holds, String violation) {
        if (!holds) {
            violations.add(violation);
        }
    }

    /** Whether every acknowledged message has met its fate. */
    boolean isSettled(Journal journal) {
        return journal.inbox().pending().isEmpty();
    }

    /** What is not as it must be; empty if all is well. */
    List<String> violations(Journal journal) {
        acknowledged.forEach(
                (runId, sessionKey) -> {
                    Optional<AcceptedMessage> message = journal.inbox().findByRun(runId);
                    check(message.isPresent(), "lost: " + runId);
                    check(
                            message.isEmpty() || message.get().fate() != Fate.PENDING,
                            "without a fate: " + runId);
                    long rows =
                            rows(journal, sessionKey).stream()
                                    .filter(
                                            row ->
                                                    row.role() == Role.USER
                                                            && row.runId().equals(runId))
                                    .count();
                    check(rows == 1, "%s stands %d times in the transcript".formatted(runId, rows));
                });
        acknowledged.values().stream().distinct().forEach(key -> checkTranscript(journal, key));
        return List.copyOf(violations);
    }

    private void checkTranscript(Journal journal, String sessionKey) {
        long position = 0;
        long arrival = 0;
        Optional<String> open = Optional.empty();
        for (TranscriptRow row : rows(journal, sessionKey)) {
            check(
                    row.seq() == ++position,
                    "%s: position %d after %d".formatted(sessionKey, row.seq(), position - 1));
            if (row.role() == Role.USER) {
                check(
                        open.isEmpty(),
                        "%s: a turn began before %s had ended".formatted(sessionKey, open));
                open = Optional.of(row.runId());
                long next =
                        journal.inbox()
                                .findByRun(row.runId())
                                .map(AcceptedMessage::arrival)
                                .orElse(0L);
                check(
                        next > arrival,
                        "%s: %s came out of order".formatted(sessionKey, row.runId()));
                arrival = next;
            } else {
                check(
                        open.equals(Optional.of(row.runId())),
                        "%s: an answer to %s where %s is asked"
                                .formatted(sessionKey, row.runId(), open));
                open = Optional.empty();
            }
        }
    }

    private static List<TranscriptRow> rows(Journal journal, String sessionKey) {
        return journal.sessions().page(sessionKey, 10_000, 0).rows();
    }
}
