package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ChatMessage;
import dev.evergate.core.agent.AgentRunner;
import dev.evergate.core.agent.AgentRunner.Outcome;
import dev.evergate.core.agent.Candidates;
import dev.evergate.core.config.ConfigSnapshot.Compacting;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.Sessions.Shortening;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.TurnJournal.NewRow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one conversation shorter for models: has its beginning summed up, or leaves it out. One
 * commit at the end; whatever ends it before leaves nothing. Stateless but for the conversation it
 * is for; blocks.
 *
 * @param window of the conversation
 * @param lastSeq rows after it are not looked at
 * @param options how the conversation's messages are answered
 */
record Compactor(GatewayParts parts, String window, long lastSeq, MessageOptions options) {
    private static final String TASK =
            "You sum up conversations, so that they can go on without their beginning. Keep what was asked, found"
                    + " out, decided and promised, what is still open, and every name, number, path and quotation that"
                    + " may matter later, exactly. Write in the language of the conversation. Write nothing but the"
                    + " summary.";

    /** One piece that is summed up; far below what is given for an answer. */
    private static final long PIECE_MS = 300_000;

    private static final int ROWS_AT_ONCE = 200;

    /** One question and its answer are no longer than a summary of them. */
    private static final int COVERED_MIN = 3;

    /** What is kept takes no more than this part of the room. */
    private static final int KEPT_SHARE = 2;

    /** Who has it done. */
    interface Observer {
        /** A model is asked from now on. */
        void begins();

        /** Writes the result; empty if the conversation is another one meanwhile. */
        Optional<TranscriptRow> write(Shortening shortening);
    }

    /** A row's place and what it takes, in characters. */
    private record Place(long seq, long chars, boolean isBeginning) {}

    /**
     * Has everything but the end summed up.
     *
     * @param hint what to look out for; may be empty
     */
    Compacted summedUp(String hint, CancelSignal cancel, Observer observer) {
        Optional<Compaction> before = sessions().compaction(window, lastSeq + 1);
        long from = before.map(Compaction::coversSeq).orElse(0L);
        List<Place> places = places(from);
        long total = places.stream().mapToLong(Place::chars).sum();
        int covered = covered(places, total);
        if (covered < COVERED_MIN) {
            return new Compacted.Needless("nothing to compact", places.size());
        }
        long to = places.get(covered - 1).seq();
        observer.begins();
        var writer = new Writer(before.map(Compaction::summary).orElse(""), hint, cancel);
        Optional<String> failure = writer.read(from, to);
        if (failure.isPresent()) {
            return new Compacted.Failed(failure.get());
        }
        var row =
                new NewRow(
                        parts.world().ids().next(),
                        TranscriptRow.Role.SYSTEM,
                        Kind.COMPACTION,
                        Content.text(writer.summary),
                        writer.provenance);
        long after = total - chars(places.subList(0, covered)) + writer.summary.length();
        return written(observer, row, to, from)
                .<Compacted>map(
                        added ->
                                new Compacted.Done(
                                        added,
                                        places.size() - covered,
                                        (total + before.map(c -> c.summary().length()).orElse(0))
                                                / Transcripts.CHARS_PER_TOKEN,
                                        after / Transcripts.CHARS_PER_TOKEN))
                .orElseGet(Compactor::overtaken);
    }

    /** Leaves out everything but the newest rows. */
    Compacted cutTo(int rows, Observer observer) {
        Optional<Compaction> before = sessions().compaction(window, lastSeq + 1);
        long from = before.map(Compaction::coversSeq).orElse(0L);
        List<Place> places = places(from);
        if (places.size() <= rows) {
            return new Compacted.Needless("no more than " + rows + " entries", places.size());
        }
        int covered = places.size() - rows;
        var row =
                new NewRow(
                        parts.world().ids().next(),
                        TranscriptRow.Role.SYSTEM,
                        Kind.NOTICE,
                        Content.text(
                                "From here on the model sees the last %d entries before this one only."
                                        .formatted(rows)),
                        Provenance.NONE);
        return written(observer, row, places.get(covered - 1).seq(), from)
                .<Compacted>map(
                        added ->
                                new Compacted.Done(
                                        added,
                                        rows,
                                        chars(places) / Transcripts.CHARS_PER_TOKEN,
                                        chars(places.subList(covered, places.size()))
                                                / Transcripts.CHARS_PER_TOKEN))
                .orElseGet(Compactor::overtaken);
    }

    private Optional<TranscriptRow> written(Observer observer, NewRow row, long to, long from) {
        return observer.write(
                new Shortening(window, row, to, from, parts.world().time().wallMillis()));
    }

    private static Compacted overtaken() {
        return new Compacted.Failed("the conversation was started anew or compacted meanwhile");
    }

    /** How many of the oldest rows are to be summed up: what is kept begins with a question. */
    private int covered(List<Place> places, long total) {
        Compacting settings = parts.config().agents().compacting();
        long keep =
                Math.min(
                        (long) settings.keepRecentTokens() * Transcripts.CHARS_PER_TOKEN,
                        Math.min(total / 2, parts.prompt(options).budgetChars() / KEPT_SHARE));
        int first = places.size();
        long kept = 0;
        while (first > 0 && kept + places.get(first - 1).chars() <= keep) {
            first--;
            kept += places.get(first).chars();
        }
        while (first < places.size() && !places.get(first).isBeginning()) {
            first++;
        }
        return first;
    }

    private List<Place> places(long from) {
        List<Place> places = new ArrayList<>();
        long after = from;
        while (true) {
            List<TranscriptRow> rows = rows(after);
            if (rows.isEmpty()) {
                return places;
            }
            rows.stream()
                    .filter(Transcripts::isSeenByModels)
                    .map(
                            row ->
                                    new Place(
                                            row.seq(),
                                            Speech.chars(row.content()),
                                            Transcripts.isBeginning(row)))
                    .forEach(places::add);
            after = rows.getLast().seq();
        }
    }

    private List<TranscriptRow> rows(long after) {
        return sessions().after(window, after, ROWS_AT_ONCE).stream()
                .filter(row -> row.seq() <= lastSeq)
                .toList();
    }

    private static long chars(List<Place> places) {
        return places.stream().mapToLong(Place::chars).sum();
    }

    private Sessions sessions() {
        return parts.journal().sessions();
    }

    /** Sums up piece after piece, each with the summary of those before. */
    private final class Writer {
        private final String hint;
        private final CancelSignal cancel;
        private final int pieceChars = (int) parts.prompt(options).budgetChars();
        private final List<TranscriptRow> piece = new ArrayList<>();
        private long pieceSize;
        private String summary;
        private Provenance provenance = Provenance.NONE;

        Writer(String summary, String hint, CancelSignal cancel) {
            this.summary = summary;
            this.hint = hint;
            this.cancel = cancel;
        }

        /** Why it could not be done; empty if it was. */
        Optional<String> read(long from, long to) {
            long after = from;
            while (after < to) {
                List<TranscriptRow> rows = rows(after);
                if (rows.isEmpty()) {
                    return Optional.of("the conversation was deleted meanwhile");
                }
                for (TranscriptRow row : rows) {
                    after = row.seq();
                    if (row.seq() > to || !Transcripts.isSeenByModels(row)) {
                        continue;
                    }
                    long chars = Speech.chars(row.content());
                    if (pieceSize + chars > pieceChars && !piece.isEmpty()) {
                        Optional<String> failure = sumUp();
                        if (failure.isPresent()) {
                            return failure;
                        }
                    }
                    piece.add(row);
                    pieceSize += chars;
                }
            }
            return sumUp();
        }

        private Optional<String> sumUp() {
            String told = Transcripts.told(piece);
            boolean isTooLong = piece.size() == 1 && told.length() > pieceChars;
            piece.clear();
            pieceSize = 0;
            return switch (ask(isTooLong ? told.substring(0, pieceChars) : told)) {
                case Outcome.Answered(var content, var from) when !content.text().isBlank() -> {
                    summary = content.text().strip();
                    provenance = sum(from);
                    yield Optional.empty();
                }
                case Outcome.Answered _ -> Optional.of("the model said nothing");
                case Outcome.Cancelled _ -> Optional.of("it was stopped");
                case Outcome.Failed(_, var reason) -> Optional.of(reason);
            };
        }

        private Outcome ask(String told) {
            String question =
                    (summary.isEmpty() ? "" : "The summary so far:\n" + summary + "\n\n")
                            + "The conversation"
                            + (summary.isEmpty() ? "" : ", going on")
                            + ":\n"
                            + told
                            + (hint.isEmpty() ? "" : "\n\nLook out for this: " + hint);
            var asked =
                    new MessageOptions(
                            options.model(),
                            "",
                            PIECE_MS,
                            "",
                            List.of(),
                            MessageOptions.Terms.NONE);
            return parts.runner()
                    .run(
                            new Candidates(parts.config(), asked),
                            parts.plugins(),
                            List.of(
                                    new ChatMessage(ChatMessage.Role.SYSTEM, TASK),
                                    new ChatMessage(ChatMessage.Role.USER, question)),
                            SILENCE,
                            cancel);
        }

        private Provenance sum(Provenance last) {
            return new Provenance(
                    last.provider(),
                    last.model(),
                    last.stopReason(),
                    provenance.inputTokens() + last.inputTokens(),
                    provenance.outputTokens() + last.outputTokens());
        }
    }

    /** Nobody reads along. */
    private static final AgentRunner.RunListener SILENCE =
            new AgentRunner.RunListener() {
                @Override
                public void model(String provider, String model) {}

                @Override
                public void text(String delta) {}
            };
}
