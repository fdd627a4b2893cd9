package dev.evergate.testkit.crowd;

import dev.evergate.testkit.net.RawClient;

import java.util.Arrays;
import java.util.Locale;

/**
 * Stops in the middle of something for a while, then goes on with it, and must find everything as
 * if it had never stopped.
 */
final class Sleeper extends Member {
    private static final int TEXT = 1;
    private static final int CONTINUATION = 0;
    private static final int BIG_ANSWERS = 3;

    private final Kind kind;
    private final long sleepNanos;
    private final String bigParams;
    private final Runs runs;
    private Ledger ledger;
    private byte[] unsaid = new byte[0];
    private int sleeps;
    private boolean isAsleep;

    /** In the middle of what it stops. */
    enum Kind {
        /** It reads nothing. */
        UNREAD,
        /** Part of a frame is sent. */
        HALF_FRAME,
        /** One fragment of a message is sent, and part of the next. */
        HALF_MESSAGE,
        /** Answers that are larger than all buffers on the way are not read. */
        UNREAD_ANSWERS
    }

    /**
     * @param bigParams of a {@code chat.history} that is large
     */
    Sleeper(Venue venue, Kind kind, int number, Runs runs, long sleepNanos, String bigParams) {
        super(
                venue,
                kind.name().toLowerCase(Locale.ROOT) + "-" + number,
                kind == Kind.UNREAD_ANSWERS);
        this.kind = kind;
        this.sleepNanos = sleepNanos;
        this.bigParams = bigParams;
        this.runs = runs;
        this.ledger = new Ledger(name, venue.account(), runs, true);
    }

    @Override
    String scopes() {
        return kind == Kind.UNREAD_ANSWERS ? "\"operator.read\"" : "\"operator.pairing\"";
    }

    @Override
    void begin(boolean isFirst) {
        if (!isFirst) {
            ledger = new Ledger(name, venue.account(), runs, false);
        }
        sleep();
    }

    private void sleep() {
        if (venue.isOver() || !isAdmitted()) {
            return;
        }
        isAsleep = true;
        int sleep = ++sleeps;
        switch (kind) {
            case UNREAD -> reading(false);
            case HALF_FRAME -> {
                byte[] frame = RawClient.frame(true, TEXT, health());
                sayUpTo(frame, 1 + (sleep * 13 + name.hashCode() & 0xff) % (frame.length - 1));
            }
            case HALF_MESSAGE -> {
                byte[] request = health();
                byte[] first = RawClient.frame(false, TEXT, Arrays.copyOf(request, 20));
                byte[] second =
                        RawClient.frame(
                                true,
                                CONTINUATION,
                                Arrays.copyOfRange(request, 20, request.length));
                byte[] both = Arrays.copyOf(first, first.length + second.length);
                System.arraycopy(second, 0, both, first.length, second.length);
                sayUpTo(both, first.length + (sleep % 2 == 0 ? 0 : 9));
            }
            case UNREAD_ANSWERS -> {
                reading(false);
                for (int i = 0; i < BIG_ANSWERS; i++) {
                    request(requests.ask("a big answer", 1), "chat.history", bigParams);
                }
            }
        }
        venue.loop().after(sleepNanos, () -> wakeFrom(sleep));
    }

    private byte[] health() {
        return json(requests.ask("health in two halves", 1), "health", "{}");
    }

    private void sayUpTo(byte[] bytes, int end) {
        send(Arrays.copyOf(bytes, end));
        unsaid = Arrays.copyOfRange(bytes, end, bytes.length);
    }

    @Override
    void pong(byte[] frame) {
        if (unsaid.length == 0) {
            send(frame);
            return;
        }
        int begun = unsaid.length;
        unsaid = Arrays.copyOf(unsaid, begun + frame.length);
        System.arraycopy(frame, 0, unsaid, begun, frame.length);
    }

    private void wakeFrom(int sleep) {
        if (sleep == sleeps && isAsleep) {
            wake();
        }
    }

    /** Goes on; when everything has been answered it sleeps again. */
    private void wake() {
        isAsleep = false;
        if (!isAdmitted()) {
            return;
        }
        reading(true);
        send(unsaid);
        unsaid = new byte[0];
        if (kind == Kind.UNREAD) {
            request(requests.ask("health after a sleep", 1), "health", "{}");
        }
    }

    @Override
    void told(Frame frame) {
        if (!frame.isAnswer()) {
            ledger.event(frame);
            return;
        }
        requests.answered(frame, false);
        if (!frame.isOk) {
            String why = frame.errorCode + " " + frame.errorMessage;
            venue.account().fault(Fault.WRONG, name + ": " + frame.id + " was answered " + why);
        }
        if (requests.waiting() == 0 && !isAsleep) {
            venue.account().wakes.incrementAndGet();
            sleep();
        }
    }

    @Override
    void settle() {
        if (isAsleep) {
            wake();
        }
    }
}
