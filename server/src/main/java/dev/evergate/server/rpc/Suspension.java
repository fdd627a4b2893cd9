package dev.evergate.server.rpc;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.GatewayEvent.SuspensionChanged;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Timers;
import dev.evergate.core.time.World;
import dev.evergate.server.spi.Restarts;
import dev.evergate.server.wire.WireError;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Whether the gateway takes requests, or holds still for somebody who is about to do something to
 * the machine (protocol v4 section 14). Thread-safe.
 *
 * <pre>
 *   ACCEPTING --prepare--> PREPARING --nothing goes on--> PREPARED
 *   PREPARING --something goes on--> DRAINING, if that was to be waited for, else ACCEPTING
 *   DRAINING --nothing goes on any more--> PREPARED
 *   DRAINING, PREPARED --resume, or the end of its time--> ACCEPTING
 * </pre>
 *
 * <p>It never lasts: whoever holds it has to ask again within {@value #LIFE_MS} ms. It goes along
 * with a restart; a stop or a crash ends it.
 */
public final class Suspension {
    static final long LIFE_MS = 120_000;
    static final long RETRY_MS = 1_000;

    /** Requests that are being answered are over in this time, but for those that are work. */
    private static final long SETTLE_MS = 1_000;

    private static final long LOOK_MS = 250;

    private final World world;
    private final EventFeed feed;
    private final Supplier<Restarts.Work> work;
    private final IntSupplier errands;
    private final AtomicInteger inside = new AtomicInteger();
    private volatile Phase phase = Phase.ACCEPTING;
    private Phase told = Phase.ACCEPTING;
    private @Nullable Hold hold;
    private Timers.@Nullable Timer look;

    /** Whether this generation is the one that decides. */
    private boolean isOurs;

    /** What is done with requests. */
    public enum Phase {
        ACCEPTING,
        PREPARING,
        DRAINING,
        PREPARED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param end by a clock that does not jump
     */
    private record Hold(
            String id, String requestId, boolean isDrain, long expiresAtMs, Deadline end) {}

    /** What goes on, by its kind. */
    record Activity(int requests, int running, int waiting) {
        int total() {
            return requests + running + waiting;
        }
    }

    /** What became of a question about a suspension. */
    sealed interface Answer {}

    /** It takes requests. */
    record Running() implements Answer {}

    /** It cannot hold still now, and goes on; {@code reason} is on the wire. */
    record Busy(String reason, Activity activity) implements Answer {}

    /** It holds still, or will as soon as nothing goes on any more. */
    record Held(String id, boolean isReady, long expiresAtMs, Activity activity)
            implements Answer {}

    /** Somebody else holds it. */
    record Conflict(long expiresAtMs) implements Answer {}

    private Suspension(
            World world, EventFeed feed, Supplier<Restarts.Work> work, IntSupplier errands) {
        this.world = world;
        this.feed = feed;
        this.work = work;
        this.errands = errands;
    }

    /**
     * One that hears what a generation before tells of its own.
     *
     * @param work of agents
     * @param errands requests that wait for a node
     */
    public static Suspension of(
            World world, EventFeed feed, Supplier<Restarts.Work> work, IntSupplier errands) {
        Suspension begun = new Suspension(world, feed, work, errands);
        EventFeed.Subscription _ =
                feed.subscribe(
                        event -> {
                            if (event instanceof SuspensionChanged changed) {
                                begun.hear(changed);
                            }
                        });
        return begun;
    }

    /** What is done with requests at this moment. Does not wait. */
    public Phase phase() {
        if (phase != Phase.ACCEPTING) {
            expire();
        }
        return phase;
    }

    /** Begins to serve a request, unless none is taken; {@link #left} is owed for each. */
    public boolean entered() {
        int _ = inside.incrementAndGet();
        if (phase() == Phase.ACCEPTING) {
            return true;
        }
        int _ = inside.decrementAndGet();
        return false;
    }

    /** Begins to serve a request that had been taken before; {@link #left} is owed for each. */
    public void returned() {
        int _ = inside.incrementAndGet();
    }

    /** A request has been served, or has become work that is counted as such. */
    public void left() {
        int _ = inside.decrementAndGet();
    }

    /** Why a request is not taken. */
    public WireError refusal(String method) {
        return WireError.tryAgain(
                        method + " unavailable during gateway suspension", "gateway-suspending")
                .retryAfter(RETRY_MS)
                .with("method", method)
                .with("phase", phase.wireName());
    }

    /**
     * Holds still for whoever asks, or renews that. Waits a moment for requests that are being
     * answered.
     *
     * @param requestId names who asks: the same one renews
     * @param isDrain whether to wait for work that goes on, taking no more, instead of giving up
     */
    Answer prepare(String requestId, boolean isDrain) {
        synchronized (this) {
            expire();
            Hold known = hold;
            if (known != null) {
                return known.requestId.equals(requestId) && known.isDrain == isDrain && isOurs
                        ? renewed(known)
                        : new Conflict(known.expiresAtMs);
            }
            if (!isOurs || phase != Phase.ACCEPTING) {
                return new Busy(isOurs ? "active-work" : "gateway-draining", activity());
            }
            to(Phase.PREPARING);
        }
        awaitRequests();
        return decide(requestId, isDrain);
    }

    private void awaitRequests() {
        Deadline end = world.time().deadlineIn(SETTLE_MS);
        try {
            while (inside.get() > 0 && !end.hasPassed(world.time())) {
                world.pause(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // who is still inside counts as what goes on
        }
    }

    private synchronized Answer decide(String requestId, boolean isDrain) {
        Activity now = activity();
        boolean isIdle = now.total() == 0;
        if (!isOurs || (!isIdle && !isDrain)) {
            to(Phase.ACCEPTING);
            return new Busy(isOurs ? "active-work" : "gateway-draining", now);
        }
        hold(lease(world.ids().next(), requestId, isDrain, LIFE_MS));
        to(isIdle ? Phase.PREPARED : Phase.DRAINING);
        return held();
    }

    private Hold lease(String id, String requestId, boolean isDrain, long leftMs) {
        return new Hold(
                id,
                requestId,
                isDrain,
                world.time().wallMillis() + leftMs,
                world.time().deadlineIn(leftMs));
    }

    private void hold(Hold begun) {
        hold = begun;
        if (look == null) {
            look = world.timers().every(LOOK_MS, this::look);
        }
    }

    private Answer renewed(Hold known) {
        hold(lease(known.id, known.requestId, known.isDrain, LIFE_MS));
        look();
        return held();
    }

    private Answer held() {
        Hold known = hold;
        return known == null
                ? new Running()
                : new Held(known.id, phase == Phase.PREPARED, known.expiresAtMs, activity());
    }

    private Activity activity() {
        Restarts.Work now = work.get();
        int requests = inside.get() + errands.getAsInt();
        return new Activity(requests, now.running(), now.waiting());
    }

    /** How that suspension stands. */
    synchronized Answer status(String id) {
        look();
        Hold known = hold;
        return known == null || known.id.equals(id) ? held() : new Conflict(known.expiresAtMs);
    }

    /**
     * Takes requests again.
     *
     * @return whether that suspension was held
     * @throws EvergateException INVALID_REQUEST if it is another one; UNAVAILABLE while a restart
     *     passes it on
     */
    synchronized boolean resume(String id) {
        expire();
        Hold known = hold;
        if (known == null) {
            return false;
        }
        if (!known.id.equals(id)) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST, "gateway suspension id does not match");
        }
        if (!isOurs) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE, "the gateway restarts; resume it in a moment");
        }
        end();
        return true;
    }

    /** This generation decides from now on, or again. */
    public synchronized void keep() {
        isOurs = true;
        expire();
        tell();
    }

    /**
     * The next generation is to decide: tells it what is held, once more, and nothing afterwards.
     */
    public synchronized void handOver() {
        expire();
        if (hold != null) {
            publish();
        }
        isOurs = false;
    }

    /** The generation before holds still: so does this one, for the rest of the time. */
    private synchronized void hear(SuspensionChanged change) {
        long leftMs = change.expiresAtMs() - world.time().wallMillis();
        if (hold != null || change.suspensionId().isEmpty() || leftMs <= 0) {
            return; // our own words, or nothing that still lasts
        }
        hold(
                lease(
                        change.suspensionId(),
                        change.requestId(),
                        change.isDrain(),
                        Math.min(LIFE_MS, leftMs)));
        phase = change.phase().equals(Phase.DRAINING.wireName()) ? Phase.DRAINING : Phase.PREPARED;
        told = phase; // clients get the same event
    }

    /** Now and then: whether work has ended, or the time. */
    private synchronized void look() {
        expire();
        if (isOurs && phase == Phase.DRAINING && activity().total() == 0) {
            to(Phase.PREPARED);
        }
    }

    private synchronized void expire() {
        Hold known = hold;
        boolean isOver =
                known != null
                        && (known.end.hasPassed(world.time())
                                || world.time().wallMillis() >= known.expiresAtMs);
        if (isOver) {
            end(); // the clock on the wall, too: the machine may have slept
        }
    }

    private void end() {
        hold = null;
        if (look != null) {
            look.cancel();
            look = null;
        }
        to(Phase.ACCEPTING);
    }

    private void to(Phase next) {
        phase = next;
        tell();
    }

    private void tell() {
        if (isOurs && told != phase) {
            publish();
        }
    }

    private void publish() {
        told = phase;
        Hold known = hold;
        feed.publish(
                known == null
                        ? new SuspensionChanged(phase.wireName(), "", "", false, 0)
                        : new SuspensionChanged(
                                phase.wireName(),
                                known.id,
                                known.requestId,
                                known.isDrain,
                                known.expiresAtMs));
    }
}
