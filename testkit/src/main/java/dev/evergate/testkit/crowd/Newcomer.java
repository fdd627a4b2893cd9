package dev.evergate.testkit.crowd;

import java.io.IOException;
import java.util.Optional;

/** A new WebSocket that asks for the health once and leaves. */
final class Newcomer extends Guest {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final long beganNanos = System.nanoTime();
    private boolean isDone;

    private Newcomer(Venue venue) {
        super(venue, "newcomer", false);
    }

    static void send(Venue venue) {
        Newcomer newcomer = new Newcomer(venue);
        venue.came();
        newcomer.enter();
        venue.loop().after(PATIENCE_NANOS, newcomer::giveUp);
    }

    @Override
    String scopes() {
        return "\"operator.pairing\"";
    }

    @Override
    void admitted() {
        request("n1", "health", "{}");
    }

    @Override
    void told(Frame frame) {
        if (frame.isAnswer() && frame.isOk && frame.id.equals("n1")) {
            venue.account().arrivals.add(beganNanos, System.nanoTime());
            isDone = true;
            venue.went();
            leave();
        }
    }

    private void giveUp() {
        if (!isDone) {
            isDone = true;
            venue.went();
            leave();
            venue.account().fault(Fault.FAILED, name + ": no answer in 30 seconds");
        }
    }

    @Override
    void gone(boolean wasAdmitted, String why, Optional<IOException> failure) {
        isDone = true;
        venue.went();
        Visitor.fail(venue.account(), name, why, failure);
    }
}
