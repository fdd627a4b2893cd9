package dev.evergate.keeper;

import dev.evergate.keeper.link.Committed;
import dev.evergate.keeper.link.Handed;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.Word;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one restart was, as it becomes known.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class RestartReport {
    private static final int CAUSES_MAX = 5;
    private static final int CAUSE_CHARS_MAX = 200;
    private static final int TEXT_CHARS_MAX = 1_000;

    /** For what the two generations add; a message of the link has a limit. */
    private static final int ADDED_CHARS_MAX = 7_000;

    private static final int KEY_CHARS_MAX = 40;

    /** The end of a step; each step begins with the end of the one before. */
    enum Mark {
        /** The successor has said hello. */
        LAUNCHED("launchMs"),
        REHEARSED("rehearseMs"),
        /** The predecessor has nothing left that it could give. */
        HANDED("handOverMs"),
        COMMITTED("commitMs"),
        /** The predecessor has finished. */
        DRAINED("drainMs"),
        /** The predecessor is gone. */
        ENDED("endMs");

        private final String field;

        Mark(String field) {
            this.field = field;
        }
    }

    private final List<String> causes = new ArrayList<>();
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<String, String> added = new LinkedHashMap<>();
    private final Map<Mark, Long> marks = new LinkedHashMap<>();
    private final List<String> stragglers = new ArrayList<>();
    private final long from;
    private final long to;
    private final long beganMs;
    private int requests;
    private int addedChars;
    private boolean isShared;
    private String why = "";
    private String suspicion = "";

    /**
     * Begins now.
     *
     * @param from the generation that serves
     * @param to the one that shall
     */
    RestartReport(long from, long to, long wallMs, long nowMs) {
        this.from = from;
        this.to = to;
        this.beganMs = nowMs;
        fields.put("requestedAtMs", Long.toString(wallMs));
        fields.put("from", Long.toString(from));
        fields.put("to", Long.toString(to));
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    /** Somebody wants it. */
    void wished(String cause) {
        requests++;
        String text = cut(cause, CAUSE_CHARS_MAX);
        if (causes.size() < CAUSES_MAX && !causes.contains(text)) {
            causes.add(text);
        }
    }

    /** A version became known; {@code which} is {@code fromVersion} or {@code toVersion}. */
    void version(String which, String version) {
        fields.put(which, version);
    }

    /** A step is over; said again, its end was later. */
    void mark(Mark mark, long nowMs) {
        marks.put(mark, nowMs);
    }

    boolean has(Mark mark) {
        return marks.containsKey(mark);
    }

    /** It took over from a predecessor that lived. */
    void shared() {
        isShared = true;
    }

    /** Whether the two served at the same time. */
    boolean isShared() {
        return isShared;
    }

    /** Ms from the beginning to this mark, -1 if it was not reached. */
    long msUntil(Mark mark) {
        Long at = marks.get(mark);
        return at == null ? -1 : at - beganMs;
    }

    /** What went wrong, a clause; the first thing is the reason for all others. */
    void failed(String reason) {
        if (why.isEmpty()) {
            why = reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
        }
    }

    /** What one of the two thinks went wrong; it counts if nothing is known. */
    void suspected(String reason) {
        suspicion = reason;
    }

    /** What went wrong, empty for nothing. */
    String why() {
        return why.isEmpty() ? suspicion : why;
    }

    /** Who did not end by itself, and why it had to. */
    void straggler(String text) {
        stragglers.add(text);
    }

    /** What has gone over so far; the first time tells when there was nothing left to give. */
    void handed(Handed handed, long nowMs) {
        marks.putIfAbsent(Mark.HANDED, nowMs);
        fields.put("moved", Integer.toString(handed.moved()));
        fields.put("cut", Integer.toString(handed.cut()));
        fields.put("turns", Integer.toString(handed.turns()));
    }

    void committed(Committed committed) {
        fields.put("epoch", Long.toString(committed.epoch()));
        fields.put("adopted", Integer.toString(committed.adopted()));
    }

    /** What one of the two adds; what does not fit is dropped. */
    void add(String whose, Map<String, String> more) {
        for (Map.Entry<String, String> field : more.entrySet()) {
            String key = whose + "." + field.getKey();
            int chars = key.length() + field.getValue().length();
            if (key.length() <= KEY_CHARS_MAX && addedChars + chars <= ADDED_CHARS_MAX) {
                addedChars += chars;
                added.put(key, field.getValue());
            }
        }
    }

    /** The event for whoever serves now. */
    LinkMessage toMessage(boolean isCommitted, long nowMs) {
        LinkMessage message = LinkMessage.of(Word.EVENT).with("name", "restart");
        for (Map.Entry<String, String> field : fields.entrySet()) {
            message = message.with(field.getKey(), field.getValue());
        }
        message =
                message.with("requests", requests)
                        .with("cause", String.join("; ", causes))
                        .with("result", isCommitted ? "committed" : "aborted")
                        .with("why", cut(why(), TEXT_CHARS_MAX))
                        .with("stragglers", cut(String.join("; ", stragglers), TEXT_CHARS_MAX))
                        .with("totalMs", nowMs - beganMs);
        long before = beganMs;
        for (Mark mark : Mark.values()) {
            Long at = marks.get(mark);
            if (at != null) {
                message = message.with(mark.field, Math.max(0, at - before));
                before = Math.max(before, at);
            }
        }
        for (Map.Entry<String, String> field : added.entrySet()) {
            message = message.with(field.getKey(), field.getValue());
        }
        return message;
    }

    private static String cut(String text, int charsMax) {
        return text.length() <= charsMax ? text : text.substring(0, charsMax - 1) + "…";
    }
}
