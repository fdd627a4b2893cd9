package dev.evergate.testkit.crowd;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What one connection has been told, checked as it comes: numbers of the connection, of each run
 * and of each conversation without gap or repetition, texts that grow by their deltas, one end per
 * run. For one thread.
 */
final class Ledger {
    private static final long ATTEMPT_SPAN = 1_000_000;

    private final String who;
    private final Account account;
    private final Runs runs;
    private final Map<Integer, Run> open = new HashMap<>();
    private final BitSet ended = new BitSet();
    private final Map<String, Long> positions = new HashMap<>();
    private final boolean isFromTheStart;
    private long seq;
    private long heard;

    private static final class Run {
        private long agentSeq;
        private long chatSeq;
        private String agentText = "";
        private String chatText = "";
    }

    /**
     * @param isFromTheStart whether nothing had happened before: then every run and every
     *     conversation must begin with its first number
     */
    Ledger(String who, Account account, Runs runs, boolean isFromTheStart) {
        this.who = who;
        this.account = account;
        this.runs = runs;
        this.isFromTheStart = isFromTheStart;
    }

    void event(Frame frame) {
        if (frame.event.equals("connect.challenge")) {
            return;
        }
        account.events.incrementAndGet();
        follows("connection", "event " + frame.event, seq, frame.seq);
        seq = frame.seq;
        heard += runs.isAbout(frame) ? 1 : 0;
        switch (frame.event) {
            case "agent" -> agent(frame);
            case "chat" -> chat(frame);
            case "session.message" -> message(frame);
            default -> {}
        }
    }

    private void follows(String of, String what, long last, long next) {
        if (next == last + 1) {
            return;
        }
        Fault kind = next <= last ? Fault.DOUBLED : Fault.MISSING;
        account.fault(kind, who + ": " + what + " of the " + of + ": " + last + " then " + next);
    }

    private void agent(Frame frame) {
        int number = runs.number(frame.runId);
        if (number < 0) {
            return;
        }
        Run run = run(number, frame);
        if (isNewAttempt(run.agentSeq, frame.runSeq)) {
            run.agentSeq = frame.runSeq - 1;
            run.chatSeq = frame.runSeq - 1;
            account.resumed.incrementAndGet();
        }
        boolean isJoined = run.agentSeq == 0 && !isFromTheStart;
        if (!isJoined) {
            follows("run " + frame.runId, "agent event", run.agentSeq, frame.runSeq);
        }
        run.agentSeq = frame.runSeq;
        if (frame.stream.equals("assistant")) {
            run.agentText = grown("agent", run.agentText, frame, isJoined);
        }
    }

    private void chat(Frame frame) {
        int number = runs.number(frame.runId);
        if (number < 0) {
            return;
        }
        Run run = run(number, frame);
        boolean isJoined = run.chatSeq == 0 && !isFromTheStart;
        // A run's other events, which chat does not show, use up numbers too.
        if (frame.runSeq <= run.chatSeq) {
            account.fault(
                    Fault.DOUBLED,
                    "%s: chat event of run %s: %d then %d"
                            .formatted(who, frame.runId, run.chatSeq, frame.runSeq));
        } else if (frame.runSeq != run.agentSeq && !isJoined) {
            account.fault(
                    Fault.MISSING,
                    "%s: chat event %d of run %s beside agent event %d"
                            .formatted(who, frame.runSeq, frame.runId, run.agentSeq));
        }
        run.chatSeq = frame.runSeq;
        if (frame.state.equals("delta")) {
            run.chatText = grown("chat", run.chatText, frame, isJoined);
        }
        if (frame.isTerminal()) {
            end(number, run, frame);
        }
    }

    private Run run(int number, Frame frame) {
        if (ended.get(number)) {
            account.fault(
                    Fault.DOUBLED,
                    who + ": " + frame.event + " event after the end of " + frame.runId);
        }
        return open.computeIfAbsent(number, _ -> new Run());
    }

    private static boolean isNewAttempt(long last, long next) {
        return next / ATTEMPT_SPAN > last / ATTEMPT_SPAN && next % ATTEMPT_SPAN == 1;
    }

    private String grown(String kind, String before, Frame frame, boolean isJoined) {
        String expected = frame.isReplacing ? frame.delta : before + frame.delta;
        if (!isJoined && !frame.text.equals(expected)) {
            account.fault(
                    Fault.WRONG,
                    "%s: %s text of run %s: '%s' and '%s' make '%s'"
                            .formatted(who, kind, frame.runId, before, frame.delta, frame.text));
        }
        return frame.text;
    }

    private void end(int number, Run run, Frame frame) {
        open.remove(number);
        ended.set(number);
        boolean isWhole = frame.state.equals("final") && frame.text.equals(runs.answer());
        if (!isWhole) {
            account.fault(
                    Fault.WRONG,
                    "%s: run %s ended as %s with '%s'"
                            .formatted(who, frame.runId, frame.state, frame.text));
        } else if (isFromTheStart && !run.chatText.equals(frame.text)) {
            account.fault(
                    Fault.MISSING,
                    "%s: the deltas of run %s made '%s'".formatted(who, frame.runId, run.chatText));
        }
    }

    private void message(Frame frame) {
        if (!runs.isAbout(frame)) {
            return;
        }
        Long last = positions.put(frame.sessionKey, frame.position);
        if (last != null || isFromTheStart) {
            follows(
                    "conversation " + frame.sessionKey,
                    "row of " + frame.role,
                    last == null ? 0 : last,
                    frame.position);
        }
    }

    /**
     * How many events about the crowd's runs and conversations came: for all listeners the same.
     */
    long heard() {
        return heard;
    }

    boolean hasEnded(int number) {
        return ended.get(number);
    }
}
