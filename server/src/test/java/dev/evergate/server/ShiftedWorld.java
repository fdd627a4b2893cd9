package dev.evergate.server;

import dev.evergate.core.time.Entropy;
import dev.evergate.core.time.Ids;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.Tasks;
import dev.evergate.core.time.Time;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The real world, whose clocks a test can put forward. */
final class ShiftedWorld implements World, AutoCloseable {
    private final RealWorld real;

    /** Tasks that were started. */
    final AtomicInteger begun = new AtomicInteger();

    private final AtomicLong shiftMs = new AtomicLong();

    ShiftedWorld(Consumer<Throwable> faults) {
        this.real = new RealWorld(faults);
    }

    void forward(long ms) {
        var _ = shiftMs.addAndGet(ms);
    }

    @Override
    public Time time() {
        return new Time() {
            @Override
            public long wallMillis() {
                return real.time().wallMillis() + shiftMs.get();
            }

            @Override
            public long nanos() {
                return real.time().nanos() + shiftMs.get() * 1_000_000;
            }
        };
    }

    @Override
    public Timers timers() {
        return real.timers();
    }

    @Override
    public Tasks tasks() {
        return (name, task) -> {
            var _ = begun.incrementAndGet();
            real.tasks().start(name, task);
        };
    }

    @Override
    public Entropy entropy() {
        return real.entropy();
    }

    @Override
    public Ids ids() {
        return real.ids();
    }

    @Override
    public Loop loop(String name) {
        return real.loop(name);
    }

    @Override
    public void close() {
        real.close();
    }
}
