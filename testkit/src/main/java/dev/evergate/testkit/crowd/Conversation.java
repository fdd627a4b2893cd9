package dev.evergate.testkit.crowd;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The turns one client has, one after the other or two at a time. Every turn that was acknowledged
 * must end once, and turns of one conversation in the order in which they were asked for.
 */
final class Conversation {
    /** A longer one only makes prompts longer. */
    private static final int TURNS_EACH = 12;

    private static final long AGAIN_NANOS = 300_000_000;

    private final Talker talker;
    private final Style style;
    private final Map<Integer, Turn> running = new HashMap<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private int count;
    private int lastEnded = -1;

    /**
     * How it goes on.
     *
     * @param number makes its key different from others
     * @param pauseNanos between an end and the next question
     */
    record Style(int number, long pauseNanos) {}

    private record Turn(int number, String key, boolean isAgent, boolean isFollowed) {}

    Conversation(Talker talker, Style style) {
        this.talker = talker;
        this.style = style;
    }

    void next() {
        if (talker.venue.isOver()) {
            return;
        }
        if (!talker.isAdmitted()) {
            talker.venue.loop().after(AGAIN_NANOS, this::next);
            return;
        }
        String key = talker.runs().conversations() + style.number + "-" + count / TURNS_EACH;
        boolean isAgent = count % 3 == 1;
        boolean isFollowed = count % 4 == 2;
        count++;
        Turn turn = new Turn(talker.runs().next(), key, isAgent, isFollowed);
        running.put(turn.number, turn);
        ask(turn);
    }

    private void ask(Turn turn) {
        if (!talker.isAdmitted() || !running.containsKey(turn.number)) {
            return;
        }
        String method = turn.isAgent ? "agent" : "chat.send";
        String id = talker.requests.ask(method + " " + turn.number, turn.isAgent ? 2 : 1);
        asked.put(id, turn.number);
        String key = talker.runs().id(turn.number);
        String params =
                "{\"sessionKey\":\"%s\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                        .formatted(turn.key, key, key);
        talker.request(id, method, params);
    }

    /** Takes an answer if it is to one of the questions. */
    boolean answered(Frame frame) {
        Integer number = asked.get(frame.id);
        if (number == null) {
            return false;
        }
        Turn turn = running.get(number);
        if (frame.isOk) {
            talker.runs().acknowledge(number);
            boolean isOver = frame.status.equals("ok");
            acknowledged(turn);
            if (isOver) {
                asked.remove(frame.id);
            }
            if (isOver && turn != null) {
                ended(number); // It ended while this client was away.
            }
            return true;
        }
        asked.remove(frame.id);
        String why = frame.errorCode + " " + frame.errorMessage;
        if (turn == null || !frame.isRetryable) {
            talker.venue
                    .account()
                    .fault(Fault.WRONG, talker.name + ": run " + number + " was answered " + why);
            return true;
        }
        talker.venue.account().retry(talker.name + ": run " + number + ": " + why);
        talker.venue.loop().after(AGAIN_NANOS, () -> ask(turn));
        return true;
    }

    /** Some are followed by another message at once, which then has to wait. */
    private void acknowledged(@Nullable Turn turn) {
        if (turn != null && turn.isFollowed) {
            running.put(turn.number, new Turn(turn.number, turn.key, turn.isAgent, false));
            next();
        }
    }

    /** A run has ended, of this client or of another. */
    void ended(int number) {
        Turn turn = running.remove(number);
        if (turn == null) {
            return;
        }
        talker.venue.account().turns.incrementAndGet();
        // Who was away hears of ends in the order of its own questions.
        if (number < lastEnded && talker.isOnItsFirstConnection()) {
            talker.venue
                    .account()
                    .fault(
                            Fault.WRONG,
                            "%s: run %d ended after run %d, which was asked for later"
                                    .formatted(talker.name, number, lastEnded));
        }
        lastEnded = Math.max(lastEnded, number);
        if (running.isEmpty()) {
            talker.venue.loop().after(style.pauseNanos, this::next);
        }
    }

    /** On a new connection: asks again for what has not ended, under the same keys. */
    void isBack() {
        asked.clear();
        List<Turn> open = new ArrayList<>(running.values());
        open.sort(Comparator.comparingInt(Turn::number));
        open.forEach(this::ask);
        if (open.isEmpty() && count > 0) {
            next();
        }
    }

    boolean isSettled() {
        return running.isEmpty();
    }

    void giveUp() {
        running.values()
                .forEach(
                        turn ->
                                talker.venue
                                        .account()
                                        .fault(
                                                Fault.UNANSWERED,
                                                "%s: run %d has not ended"
                                                        .formatted(talker.name, turn.number)));
    }
}
