package dev.evergate.testkit.crowd;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** The requests of one connection: each must be answered as often as it should, and by its id. */
final class Requests {
    private final String who;
    private final Account account;
    private final Map<Integer, Asked> open = new HashMap<>();
    private final BitSet answered = new BitSet();
    private int last;

    /** A request that waits for {@code left} more answers. */
    private record Asked(String what, long atNanos, int left) {}

    Requests(String who, Account account) {
        this.who = who;
        this.account = account;
    }

    /** Notes a request and returns its id; the second answer is due if the first only accepts. */
    String ask(String what, int answers) {
        int id = ++last;
        open.put(id, new Asked(what, System.nanoTime(), answers));
        return "q" + id;
    }

    /** Checks an answer, and measures the first of each request when asked to. */
    void answered(Frame frame, boolean isMeasured) {
        int id = frame.id.startsWith("q") ? Integer.parseInt(frame.id.substring(1)) : -1;
        Asked asked = open.remove(id);
        if (asked == null) {
            boolean isAgain = id >= 0 && answered.get(id);
            account.fault(
                    isAgain ? Fault.DOUBLED : Fault.WRONG,
                    who + ": an answer to " + frame.id + ", which does not wait for one");
            return;
        }
        if (isMeasured && !answered.get(id)) {
            account.calls.add(asked.atNanos, System.nanoTime());
        }
        answered.set(id);
        if (frame.isOk && asked.left > 1 && frame.status.equals("accepted")) {
            open.put(id, new Asked(asked.what, asked.atNanos, asked.left - 1));
        }
    }

    int waiting() {
        return open.size();
    }

    /** The connection they were sent on is gone. */
    void forget() {
        open.clear();
    }

    /** Tells what will not be answered any more. */
    void giveUp() {
        open.forEach(
                (id, asked) ->
                        account.fault(
                                Fault.UNANSWERED,
                                "%s: %s, sent %d ms ago"
                                        .formatted(
                                                who,
                                                asked.what,
                                                (System.nanoTime() - asked.atNanos) / 1_000_000)));
        open.clear();
    }
}
