package dev.evergate.testkit.crowd;

import java.io.IOException;
import java.util.Optional;

/**
 * A guest that stays: comes back when it was sent away, which is a fault, and counts its answers.
 */
abstract class Member extends Guest {
    private static final long BACK_NANOS = 200_000_000;

    final Requests requests;
    private int port;
    private int entries;

    Member(Venue venue, String name, boolean isSmall) {
        super(venue, name, isSmall);
        this.requests = new Requests(name, venue.account());
    }

    /** May send requests; {@code isFirst} unless it has been here before. */
    abstract void begin(boolean isFirst);

    /** Ends what it has not finished; called once, when nothing new is to begin. */
    void settle() {}

    /** Whether it is there, and nothing more is expected. */
    boolean isSettled() {
        return isAdmitted() && requests.waiting() == 0;
    }

    /** Tells what it has waited for in vain. */
    void giveUp() {
        requests.giveUp();
    }

    @Override
    final void admitted() {
        entries++;
        // Not when it goes: it may notice that with its next request.
        requests.forget();
        port = entries == 1 ? localPort() : port;
        begin(entries == 1);
    }

    /** Whether it is still on the connection it came with. */
    final boolean isOnItsFirstConnection() {
        return entries == 1 && isAdmitted() && localPort() == port;
    }

    final boolean hasEntered() {
        return entries > 0;
    }

    @Override
    final void gone(boolean wasAdmitted, String why, Optional<IOException> failure) {
        if (wasAdmitted) {
            venue.account().fault(Fault.CLOSED, name + ": " + why);
        } else {
            Visitor.fail(venue.account(), name + " entering", why, failure);
        }
        // Also when all is over: who did not read may notice only then that it was sent away.
        venue.loop().after(BACK_NANOS, this::enter);
    }
}
