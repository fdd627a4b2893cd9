package dev.evergate.server.session;

import dev.evergate.server.transit.FrozenSession;

/** The signs of life of one connection. Lives on its event loop. */
final class Pulse {
    private boolean isUnanswered;
    private long heardNanos;
    private long pingedNanos;
    private long heldNanos;

    /** What to do about a connection. */
    enum Verdict {
        NOTHING,
        PING,
        /** It has waited long enough for memory. */
        GIVE_UP,
        RESET
    }

    void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    void answered() {
        isUnanswered = false;
    }

    /** Begins to watch. */
    void begin(long nowNanos) {
        pingedNanos = nowNanos;
    }

    /** It waits for memory from now on, or does not any more. */
    void held(boolean isWaiting, long nowNanos) {
        heldNanos = isWaiting ? nowNanos : 0;
    }

    /** Whether it waits for memory. */
    boolean isHeld() {
        return heldNanos != 0;
    }

    /** Looks at the clock; a ping that is asked for counts as sent. */
    Verdict look(long nowNanos) {
        if (isHeld() && nowNanos - heldNanos > Limits.HELD_NANOS) {
            return Verdict.GIVE_UP;
        }
        long sincePing = nowNanos - pingedNanos;
        if (!isUnanswered && sincePing >= Limits.PING_NANOS) {
            isUnanswered = true;
            pingedNanos = nowNanos;
            return Verdict.PING;
        }
        boolean isSilent = heardNanos - pingedNanos <= 0 && sincePing >= Limits.PONG_NANOS;
        return isUnanswered && (isSilent || sincePing >= Limits.PONG_NANOS_MAX)
                ? Verdict.RESET
                : Verdict.NOTHING;
    }

    FrozenSession.Pulse frozen(long nowNanos) {
        return new FrozenSession.Pulse(nowNanos - heardNanos, nowNanos - pingedNanos, isUnanswered);
    }

    /** Goes on from what another server has seen. */
    void goOn(FrozenSession.Pulse from, long nowNanos) {
        heardNanos = nowNanos - from.heardNanos();
        pingedNanos = nowNanos - from.pingedNanos();
        isUnanswered = from.isUnanswered();
    }
}
