package dev.evergate.core.time;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A world whose periodic timers can be ended for good: when a stop begins, nothing comes round
 * again, whoever asked for it. Everything else is the world's it stands in. Thread-safe.
 */
public final class EndingWorld implements World {
    private final World world;
    private final Set<Timers.Timer> routines = ConcurrentHashMap.newKeySet();
    private volatile boolean hasEnded;

    public EndingWorld(World world) {
        this.world = world;
    }

    /**
     * From now on no periodic action begins, neither one of before nor one that somebody asks for
     * now. One that runs at this moment runs to its end.
     */
    public void endRoutines() {
        hasEnded = true;
        routines.forEach(Timers.Timer::cancel);
        routines.clear();
    }

    @Override
    public Timers timers() {
        return new Timers() {
            @Override
            public Timer after(long delayMs, Runnable action) {
                return world.timers().after(delayMs, action);
            }

            @Override
            public Timer every(long periodMs, Runnable action) {
                return routine(periodMs, action);
            }
        };
    }

    private Timers.Timer routine(long periodMs, Runnable action) {
        Timers.Timer timer =
                world.timers()
                        .every(
                                periodMs,
                                () -> {
                                    if (!hasEnded) {
                                        action.run();
                                    }
                                });
        routines.add(timer);
        if (hasEnded) {
            timer.cancel();
        }
        return () -> {
            timer.cancel();
            boolean _ = routines.remove(timer);
        };
    }

    @Override
    public Time time() {
        return world.time();
    }

    @Override
    public Tasks tasks() {
        return world.tasks();
    }

    @Override
    public Entropy entropy() {
        return world.entropy();
    }

    @Override
    public Ids ids() {
        return world.ids();
    }

    @Override
    public void pause(long millis) throws InterruptedException {
        world.pause(millis);
    }

    @Override
    public Attempt attempt(String name, Deadline deadline, Attempt.Work work)
            throws InterruptedException {
        return world.attempt(name, deadline, work);
    }

    @Override
    public Loop loop(String name) {
        return world.loop(name);
    }
}
