package dev.evergate.testkit.crowd;

import java.util.BitSet;
import java.util.Optional;

/**
 * Sends requests at a steady pace without waiting for their answers. One that listens hears of
 * every run; one with a conversation has turns in it.
 */
final class Talker extends Member {
    private static final String ALL = "\"operator.admin\",\"operator.read\",\"operator.write\"";
    private static final String FEW = "\"operator.pairing\"";

    private final Runs runs;
    private final boolean isListener;
    private final long paceNanos;
    private final Optional<Conversation> conversation;
    private Ledger ledger;
    private long calls;

    Talker(
            Venue venue,
            String name,
            Runs runs,
            boolean isListener,
            long paceNanos,
            Optional<Conversation.Style> style) {
        super(venue, name, false);
        this.runs = runs;
        this.isListener = isListener;
        this.paceNanos = paceNanos;
        this.conversation = style.map(given -> new Conversation(this, given));
        this.ledger = new Ledger(name, venue.account(), runs, true);
    }

    @Override
    String scopes() {
        return isListener ? ALL : FEW;
    }

    Runs runs() {
        return runs;
    }

    @Override
    void begin(boolean isFirst) {
        if (isFirst) {
            // Spread, so that not all of them talk at once.
            venue.loop().after(Math.floorMod(name.hashCode() * 7_919L, paceNanos), this::talk);
        } else {
            ledger = new Ledger(name, venue.account(), runs, false);
            conversation.ifPresent(Conversation::isBack);
        }
    }

    /** Turns begin: everybody is here. */
    void converse() {
        conversation.ifPresent(Conversation::next);
    }

    private void talk() {
        if (venue.isOver()) {
            return;
        }
        venue.loop().after(paceNanos, this::talk);
        if (isAdmitted()) {
            calls++;
            String method = method();
            request(requests.ask(method, 1), method, params(method));
        }
    }

    private String method() {
        if (!isListener) {
            return "health";
        }
        return switch ((int) (calls % 8)) {
            case 1 -> "sessions.list";
            case 3 -> "chat.history";
            case 5, 6 -> "last-heartbeat";
            default -> "health";
        };
    }

    private String params(String method) {
        return switch (method) {
            case "sessions.list" -> "{\"limit\":3}";
            case "chat.history" ->
                    "{\"sessionKey\":\"%s0-0\",\"limit\":4}".formatted(runs.conversations());
            default -> "{}";
        };
    }

    @Override
    void told(Frame frame) {
        if (frame.isAnswer()) {
            requests.answered(frame, true);
            boolean isOurs = conversation.isPresent() && conversation.get().answered(frame);
            if (!frame.isOk && !isOurs) {
                failed(frame);
            }
            return;
        }
        ledger.event(frame);
        if (frame.isTerminal() && runs.number(frame.runId) >= 0) {
            conversation.ifPresent(talk -> talk.ended(runs.number(frame.runId)));
        }
    }

    private void failed(Frame frame) {
        String why = frame.errorCode + " " + frame.errorMessage;
        if (frame.isRetryable) {
            venue.account().retry(name + ": " + why);
            return;
        }
        venue.account().fault(Fault.WRONG, name + ": " + frame.id + " was answered " + why);
    }

    @Override
    boolean isSettled() {
        return super.isSettled()
                && conversation.map(Conversation::isSettled).orElse(true)
                && (!isListener || missing().isEmpty());
    }

    /** How much it was told of what all listeners are told; empty if it cannot be compared. */
    Optional<Long> heard() {
        return isListener && isOnItsFirstConnection()
                ? Optional.of(ledger.heard())
                : Optional.empty();
    }

    /** The acknowledged runs of whose end it has not heard. */
    private BitSet missing() {
        BitSet missing = new BitSet();
        if (isOnItsFirstConnection()) {
            runs.acknowledged().stream()
                    .filter(number -> !ledger.hasEnded(number))
                    .forEach(missing::set);
        }
        return missing;
    }

    @Override
    void giveUp() {
        super.giveUp();
        if (isListener && !missing().isEmpty()) {
            venue.account().fault(Fault.MISSING, name + ": the end of the runs " + missing());
        }
        conversation.ifPresent(Conversation::giveUp);
    }
}
