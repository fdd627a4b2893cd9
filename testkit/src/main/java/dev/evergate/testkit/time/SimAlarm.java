package dev.evergate.testkit.time;

import dev.evergate.core.time.Timers;

/** Something that will run at a moment of virtual time, once or again and again. */
final class SimAlarm implements Timers.Timer {
    private final SimLife life;
    private final String name;
    private final Runnable action;
    private final long periodMs;
    private long dueNanos;
    private long number;
    private boolean cancelled;

    /**
     * @param periodMs 0 for once
     */
    SimAlarm(SimLife life, String name, Runnable action, long periodMs) {
        this.life = life;
        this.name = name;
        this.action = action;
        this.periodMs = periodMs;
    }

    void set(long dueNanos, long number) {
        this.dueNanos = dueNanos;
        this.number = number;
    }

    long dueNanos() {
        return dueNanos;
    }

    /** Makes the order of alarms for the same moment a fact, not an accident. */
    long number() {
        return number;
    }

    boolean isDead() {
        return cancelled || life.isKilled();
    }

    boolean isPeriodic() {
        return periodMs > 0;
    }

    /** What its moment brings; {@code world} gets it back for its next one. */
    Strand strand(SimWorld world) {
        return life.strand(
                name,
                () -> {
                    if (cancelled) {
                        return;
                    }
                    try {
                        action.run();
                    } finally {
                        if (isPeriodic() && !cancelled) {
                            world.schedule(this, periodMs);
                        }
                    }
                });
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
