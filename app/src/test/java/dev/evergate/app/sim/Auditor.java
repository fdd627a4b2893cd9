package dev.evergate.app.sim;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TranscriptRow.Role;
import dev.evergate.core.journal.Turn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps account of what clients were told, and compares it at the end with what there is. */
final class Auditor {
    /** Run id to session key. */
    private final Map<String, String> acknowledged = new LinkedHashMap<>();

    private final Map<String, Long> lastSeq = new HashMap<>();

    /** Ends seen on the present connection, and on all. */
    private final Set<String> endsHere = new HashSet<>();

    private final Set<String> unwanted = new HashSet<>();
    private final Map<String, Integer> starts = new HashMap<>();
    private final Set<String> ends = new HashSet<>();
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

    Optional<String> sessionOf(String runId) {
        return Optional.ofNullable(acknowledged.get(runId));
    }

    /** Somebody wants this run stopped: it leaves the order of turns. */
    void unwanted(String runId) {
        unwanted.add(runId);
    }

    /** The connection was lost: what comes on the next one may be known already. */
    void reconnected() {
        endsHere.clear();
    }

    void saw(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.RunStarted(var run, var seq, _, _) -> {
                rises(run.runId(), seq);
                starts.merge(run.runId(), 1, Integer::sum);
            }
            case GatewayEvent.RunModel(var run, var seq, _, _, _) -> rises(run.runId(), seq);
            case GatewayEvent.RunText(var run, var seq, var delta, var text, _, _) -> {
                rises(run.runId(), seq);
                check(
                        text.endsWith(delta),
                        "text of %s does not end with its delta".formatted(run.runId()));
            }
            case GatewayEvent.RunEnded(var run, var seq, _) -> {
                rises(run.runId(), seq);
                check(endsHere.add(run.runId()), run.runId() + " ended twice");
                ends.add(run.runId());
            }
            case GatewayEvent.RunCompacting(var run, var seq, _, _, _) -> rises(run.runId(), seq);
            case GatewayEvent.MessageAdded _,
                    GatewayEvent.SessionCompacting _,
                    GatewayEvent.SessionChanged _,
                    GatewayEvent.ConfigChanged _,
                    GatewayEvent.SuspensionChanged _,
                    GatewayEvent.DeviceChanged _ -> {}
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
                    checkAnswers(journal, sessionKey, runId);
                });
        acknowledged.values().stream().distinct().forEach(key -> checkTranscript(journal, key));
        return List.copyOf(violations);
    }

    /** What must hold beyond that as long as nobody died. */
    List<String> violationsWithoutADeath(Journal journal) {
        List<String> found = new ArrayList<>();
        for (String runId : acknowledged.keySet()) {
            if (!ends.contains(runId)) {
                found.add("nobody saw the end of " + runId);
            }
            if (starts.getOrDefault(runId, 0) != 1) {
                found.add("%s was seen to start %d times".formatted(runId, starts.get(runId)));
            }
        }
        return found;
    }

    private void checkAnswers(Journal journal, String sessionKey, String runId) {
        long answers =
                rows(journal, sessionKey).stream()
                        .filter(row -> row.role() == Role.ASSISTANT && row.runId().equals(runId))
                        .filter(row -> row.kind() != Kind.NOTICE)
                        .count();
        Optional<Turn> turn = journal.turns().find(runId);
        boolean isDone = turn.isPresent() && turn.get().state() == Turn.State.DONE;
        check(
                isDone ? answers == 1 : answers <= 1,
                "%s was answered %d times".formatted(runId, answers));
    }

    private void checkTranscript(Journal journal, String sessionKey) {
        long position = 0;
        long arrival = 0;
        Optional<String> open = Optional.empty();
        for (TranscriptRow row : rows(journal, sessionKey)) {
            check(
                    row.seq() == ++position,
                    "%s: position %d after %d".formatted(sessionKey, row.seq(), position - 1));
            if (row.kind() == Kind.COMMAND || unwanted.contains(row.runId())) {
                continue; // beside the order of turns
            }
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
                boolean isPartial = row.provenance().stopReason().equals("error");
                open = isPartial ? open : Optional.empty();
            }
        }
    }

    private static List<TranscriptRow> rows(Journal journal, String sessionKey) {
        return journal.sessions().page(sessionKey, 10_000, 0).rows();
    }
}
