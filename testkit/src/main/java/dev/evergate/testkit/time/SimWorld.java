package dev.evergate.testkit.time;

import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Entropy;
import dev.evergate.core.time.Ids;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.Tasks;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A world in which time stands still until nothing is left to do, and everything that could run at
 * a moment runs one after another in an order drawn from a seed. The same seed gives the same run.
 *
 * <p>The test's thread drives it with {@link #settle}, {@link #advance}, {@link #runUntil} and
 * {@link #runAll}. Code that runs inside waits with {@link #await} and {@link #pause} alone: a wait
 * for anything else is reported as a fault. What nobody caught inside fails the driving call, with
 * the seed.
 *
 * <p>Thread-safety: only the thread that made it, and the code it runs, may use it.
 */
public final class SimWorld implements World {
    /** 2026-01-01T00:00:00Z. */
    private static final long WALL_ORIGIN_MS = 1_767_225_600_000L;

    /** More steps at one moment mean that things go round in a circle. */
    private static final int STEPS_PER_MOMENT_MAX = 50_000;

    private static final long RUN_LIMIT_MS = 3_600_000;

    private final long seed;
    private final SplittableRandom order;
    private final Entropy entropy;
    private final Ids ids;
    private final SimLife root;
    private final Thread driver = Thread.currentThread();
    private final List<Strand> ready = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final PriorityQueue<SimAlarm> alarms =
            new PriorityQueue<>(
                    Comparator.comparingLong(SimAlarm::dueNanos)
                            .thenComparingLong(SimAlarm::number));
    private @Nullable Strand current;
    private @Nullable Throwable fault;
    private int stallMsMax;
    private long nowNanos;
    private long wallShiftMs;
    private long alarmCount;
    private int stepsThisMoment;
    private long fingerprint;

    public SimWorld(long seed) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        this.order = random.split();
        this.entropy = seeded(random.split());
        // An origin far from 0, and sometimes below it, as the monotonic clock's may be.
        this.nowNanos = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
        this.wallShiftMs = WALL_ORIGIN_MS - nowMs();
        this.ids = new Ids(time(), entropy);
        this.root = life("main");
    }

    /**
     * Runs {@code scenario} in a new world for each seed from 1 to {@code seeds}; the system
     * property {@code evergate.seed} replaces them by one. A failure names its seed.
     */
    public static void explore(int seeds, Consumer<SimWorld> scenario) {
        Long only = Long.getLong("evergate.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? seeds : only;
        for (long seed = first; seed <= last; seed++) {
            try {
                scenario.accept(new SimWorld(seed));
            } catch (Throwable failure) { // any kind of failure is worth its seed
                throw new AssertionError(
                        "seed " + seed + " (again: -Devergate.seed=" + seed + "): " + failure,
                        failure);
            }
        }
    }

    /**
     * From now on some of what could run waits up to {@code stallMs} first, as on a busy machine.
     */
    public SimWorld withStalls(int stallMs) {
        stallMsMax = stallMs;
        return this;
    }

    /** A process of its own in this world; what it does not catch fails the driving call. */
    public SimLife life(String name) {
        return life(name, this::note);
    }

    /** A process of its own in this world, whose {@code faults} are told what nobody caught. */
    public SimLife life(String name, Consumer<Throwable> faults) {
        return new SimLife(this, name, faults);
    }

    public long seed() {
        return seed;
    }

    /** Equal after two runs in which the same things ran at the same moments in the same order. */
    public long fingerprint() {
        return fingerprint;
    }

    /** Moves the wall clock alone, as an administrator would. */
    public void jumpWallClock(long ms) {
        wallShiftMs += ms;
    }

    // ---- driving -------------------------------------------------------------------------------

    /** Runs what can run at this moment; time stands still. */
    public void settle() {
        drive(() -> false, nowNanos, false);
    }

    /** Lets {@code ms} milliseconds pass. */
    public void advance(long ms) {
        long end = nowNanos + ms * 1_000_000;
        drive(() -> false, end, false);
        moveTo(end);
    }

    /**
     * Runs until {@code condition} holds; fails when it does not within an hour of virtual time.
     */
    public void runUntil(BooleanSupplier condition) {
        long end = nowNanos + RUN_LIMIT_MS * 1_000_000;
        if (!drive(condition, end, false)) {
            throw failure("the condition does not come true; " + describe(), null);
        }
    }

    /** Runs until nothing is left but periodic timers and strands that wait for a condition. */
    public void runAll() {
        drive(() -> false, nowNanos + RUN_LIMIT_MS * 1_000_000, true);
    }

    private boolean drive(BooleanSupplier condition, long endNanos, boolean untilIdle) {
        if (current != null) {
            throw new IllegalStateException("only the test drives: use await() inside");
        }
        while (!condition.getAsBoolean()) {
            if (!step() && !moveOn(endNanos, untilIdle)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    private boolean step() {
        wakeWaiting();
        if (ready.isEmpty()) {
            return false;
        }
        if (++stepsThisMoment > STEPS_PER_MOMENT_MAX) {
            throw failure("time stands still for ever; " + describe(), null);
        }
        int index = order.nextInt(ready.size());
        Strand strand = ready.set(index, ready.getLast());
        ready.removeLast();
        if (!strand.life().isKilled()) {
            fingerprint = (fingerprint * 31 + nowNanos) * 31 + strand.name().hashCode();
            current = strand;
            try {
                strand.run();
            } catch (IllegalStateException stuck) {
                note(stuck);
            } finally {
                current = null;
            }
        }
        Throwable noted = fault;
        if (noted != null) {
            fault = null;
            throw failure(noted.toString(), noted);
        }
        return true;
    }

    private void wakeWaiting() {
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (one.strand.life().isKilled()) {
                all.remove();
            } else if (one.timedOut || one.condition.getAsBoolean()) {
                all.remove();
                ready(one.strand);
            }
        }
    }

    /** Moves time to the next alarm, unless that lies behind {@code endNanos}. */
    private boolean moveOn(long endNanos, boolean untilIdle) {
        alarms.removeIf(SimAlarm::isDead);
        SimAlarm next = alarms.peek();
        if (next == null
                || next.dueNanos() - endNanos > 0
                || (untilIdle && alarms.stream().allMatch(SimAlarm::isPeriodic))) {
            return false;
        }
        moveTo(next.dueNanos());
        while (next != null && next.dueNanos() == nowNanos) {
            ready.add(alarms.remove().strand(this));
            next = alarms.peek();
        }
        return true;
    }

    private void moveTo(long nanos) {
        if (nanos != nowNanos) {
            nowNanos = nanos;
            stepsThisMoment = 0;
        }
    }

    // ---- waiting inside ------------------------------------------------------------------------

    /** Waits {@code ms} milliseconds of virtual time; on the test's thread it drives. */
    @Override
    public void pause(long ms) {
        boolean _ = await(() -> false, ms);
    }

    /**
     * Waits until {@code condition} holds, {@code timeoutMs} milliseconds of virtual time at most,
     * and says whether it does; on the test's thread it drives. The condition is asked after every
     * step and must be a plain look at something.
     */
    public boolean await(BooleanSupplier condition, long timeoutMs) {
        Strand self = current;
        if (self == null) {
            long end = nowNanos + timeoutMs * 1_000_000;
            boolean holds = drive(condition, end, false);
            if (!holds) {
                moveTo(end);
            }
            return holds;
        }
        checkCaller();
        Waiting wait = new Waiting(self, condition);
        SimAlarm alarm = new SimAlarm(self.life(), "timeout", () -> wait.timedOut = true, 0);
        schedule(alarm, timeoutMs);
        while (!wait.timedOut && !condition.getAsBoolean()) {
            waiting.add(wait);
            self.park();
        }
        alarm.cancel();
        return condition.getAsBoolean();
    }

    private static final class Waiting {
        private final Strand strand;
        private final BooleanSupplier condition;
        private boolean timedOut;

        Waiting(Strand strand, BooleanSupplier condition) {
            this.strand = strand;
            this.condition = condition;
        }
    }

    // ---- the parts of the world ----------------------------------------------------------------

    @Override
    public Time time() {
        return new Time() {
            @Override
            public long wallMillis() {
                return nowMs() + wallShiftMs;
            }

            @Override
            public long nanos() {
                return nowNanos;
            }
        };
    }

    @Override
    public Timers timers() {
        return root.timers();
    }

    @Override
    public Tasks tasks() {
        return root.tasks();
    }

    @Override
    public Entropy entropy() {
        return entropy;
    }

    @Override
    public Ids ids() {
        return ids;
    }

    @Override
    public Attempt attempt(String name, Deadline deadline, Attempt.Work work) {
        return root.attempt(name, deadline, work);
    }

    @Override
    public Loop loop(String name) {
        return root.loop(name);
    }

    void ready(Strand strand) {
        checkCaller();
        if (stallMsMax > 0 && order.nextInt(8) == 0) {
            schedule(
                    new SimAlarm(strand.life(), "stall", () -> ready.add(strand), 0),
                    1 + order.nextInt(stallMsMax));
        } else {
            ready.add(strand);
        }
    }

    void schedule(SimAlarm alarm, long delayMs) {
        checkCaller();
        alarm.set(nowNanos + delayMs * 1_000_000, alarmCount++);
        alarms.add(alarm);
    }

    /** Stops the running strand for ever if it belongs to {@code life}. */
    void abandonIfRunning(SimLife life) {
        Strand self = current;
        if (self != null && self.life() == life) {
            self.park();
        }
    }

    private void note(Throwable thrown) {
        if (fault == null) {
            fault = thrown;
        }
    }

    private void checkCaller() {
        Thread caller = Thread.currentThread();
        if (!caller.equals(driver) && (current == null || !current.isRunBy(caller))) {
            IllegalStateException foreign =
                    new IllegalStateException(caller + " is no part of the simulated world");
            note(foreign);
            throw foreign;
        }
    }

    private long nowMs() {
        return Math.floorDiv(nowNanos, 1_000_000L);
    }

    private String describe() {
        return waiting.size()
                + " waiting "
                + waiting.stream().map(wait -> wait.strand.name()).toList()
                + ", "
                + alarms.size()
                + " alarms";
    }

    private AssertionError failure(String message, @Nullable Throwable cause) {
        return new AssertionError(
                "seed "
                        + seed
                        + " at "
                        + (time().wallMillis() - WALL_ORIGIN_MS)
                        + " ms: "
                        + message,
                cause);
    }

    private static Entropy seeded(SplittableRandom random) {
        return new Entropy() {
            @Override
            public void fill(byte[] target) {
                random.nextBytes(target);
            }

            @Override
            public double fraction() {
                return random.nextDouble();
            }
        };
    }
}
