package dev.evergate.app.config;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The time after a switch in which it may be taken back: if messages can no longer be accepted, for
 * a reason that was not there before, the switch is taken for the cause (I35).
 *
 * <p>Thread-safe. One at a time; a new one ends the one before.
 */
final class Probation {
    private static final long LOOK_MS = 250;

    /** A reason that is gone at the next look was a moment's. */
    private static final int LOOKS = 2;

    private final World world;
    private final Supplier<List<String>> failing;
    private Timers.Timer timer = () -> {};
    private long round;

    /**
     * @param failing why messages cannot be accepted now; must not wait
     */
    Probation(World world, Supplier<List<String>> failing) {
        this.world = world;
        this.failing = failing;
    }

    /** What there is to see before a switch. */
    List<String> failing() {
        return failing.get();
    }

    /**
     * Begins after a switch.
     *
     * @param before what {@link #failing} was
     * @param proven called when the time is over; must not wait
     * @param lost called with the reason when readiness was lost; must not wait
     */
    synchronized void begin(
            long durationMs, List<String> before, Runnable proven, Consumer<String> lost) {
        end();
        var watch = new Watch(before, world.time().deadlineIn(durationMs), proven, lost, round);
        timer = world.timers().after(Math.min(LOOK_MS, durationMs), () -> look(watch, 0));
    }

    /** Without a verdict. */
    synchronized void end() {
        round++;
        timer.cancel();
        timer = () -> {};
    }

    private record Watch(
            List<String> before,
            Deadline deadline,
            Runnable proven,
            Consumer<String> lost,
            long round) {}

    private void look(Watch watch, int seen) {
        List<String> reasons = new ArrayList<>(failing.get());
        reasons.removeAll(watch.before());
        int looks = reasons.isEmpty() ? 0 : seen + 1;
        Runnable verdict = () -> {};
        synchronized (this) {
            if (watch.round() != round) {
                return;
            }
            if (looks >= LOOKS) {
                round++;
                verdict = () -> watch.lost().accept(String.join(", ", reasons));
            } else if (looks == 0 && watch.deadline().hasPassed(world.time())) {
                round++;
                verdict = watch.proven();
            } else {
                timer = world.timers().after(LOOK_MS, () -> look(watch, looks));
            }
        }
        verdict.run();
    }
}
