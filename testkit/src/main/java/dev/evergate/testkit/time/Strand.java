package dev.evergate.testkit.time;

import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One line of execution in a simulated world: a task, one decision of a loop, or one firing of a
 * timer.
 *
 * <p>Its code has a thread of its own, so that it can stop in the middle, but runs only while it
 * holds the baton: the driver hands it over in {@link #run} and waits until it comes back.
 */
final class Strand {
    /** Real time a strand may hold the baton; longer means that it waits for something outside. */
    private static final long HELD_SECONDS_MAX = 20;

    private final SimLife life;
    private final String name;
    private final Semaphore mayRun = new Semaphore(0);
    private final Semaphore returned = new Semaphore(0);
    private final Thread thread;

    Strand(SimLife life, String name, Runnable body) {
        this.life = life;
        this.name = name;
        this.thread =
                Thread.ofVirtual()
                        .name("sim-" + name)
                        .unstarted(
                                () -> {
                                    mayRun.acquireUninterruptibly();
                                    try {
                                        body.run();
                                    } catch (Throwable fault) { // the boundary, as in production
                                        life.report(fault);
                                    }
                                    returned.release();
                                });
    }

    SimLife life() {
        return life;
    }

    String name() {
        return name;
    }

    boolean isRunBy(Thread candidate) {
        return candidate.equals(thread);
    }

    /** Driver's side: runs it until it parks or ends. */
    void run() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
        mayRun.release();
        try {
            if (!returned.tryAcquire(HELD_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        name
                                + " waits for something outside of the simulated world, at\n"
                                + stack());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " ran", e);
        }
    }

    /** Strand's side: gives the baton back until it is run again. */
    void park() {
        returned.release();
        mayRun.acquireUninterruptibly();
    }

    private String stack() {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> "    at " + frame)
                .collect(Collectors.joining("\n"));
    }
}
