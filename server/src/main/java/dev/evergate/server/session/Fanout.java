package dev.evergate.server.session;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.time.Time;
import dev.evergate.server.transit.MoveStream;

import io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Brings events to the connections of all loops and into the stream of a departure. Thread-safe.
 *
 * <p>Under one short lock an event is put into every loop's deliveries and into the stream, and so
 * is the place where connections are frozen: what stands before a batch in the stream is sent to
 * its connections before they are frozen, what stands behind it is not.
 */
final class Fanout {
    private final Object order = new Object();
    private final List<Shard> shards;
    private @Nullable MoveStream<FrozenBatch> stream;

    Fanout(List<EventLoop> loops, Time time) {
        this.shards = loops.stream().map(loop -> new Shard(loop, time, order)).toList();
    }

    List<Shard> shards() {
        return shards;
    }

    /** Connections right now, without those that are frozen. */
    int size() {
        return shards.stream().mapToInt(Shard::size).sum();
    }

    /** Tells this server's connections, and nobody else. */
    void deliver(List<Broadcast> events) {
        inOrder(shard -> shard.put(events), _ -> {});
    }

    /** Tells this server's connections, and those on their way. */
    void deliver(GatewayEvent event, List<Broadcast> frames) {
        inOrder(shard -> shard.put(frames), stream -> stream.put(event, frames.size()));
    }

    /**
     * The same as {@link #deliver(List)}, but for nothing while connections are on their way.
     *
     * @param delivered is run in between, so that no departure begins before
     */
    void deliverUndivided(List<Broadcast> events, Runnable delivered) {
        List<Shard> woken = new ArrayList<>(shards.size());
        synchronized (order) {
            if (stream != null) {
                return;
            }
            delivered.run();
            shards.stream().filter(shard -> shard.put(events)).forEach(woken::add);
        }
        woken.forEach(Shard::drainSoon);
    }

    /** From now on events go into {@code begun}, too; false if another stream is open. */
    boolean begin(MoveStream<FrozenBatch> begun) {
        synchronized (order) {
            if (stream != null) {
                return false;
            }
            stream = begun;
            return true;
        }
    }

    /** Freezes connections at this point of the order. */
    void freeze(FrozenBatch batch, Runnable freeze) {
        inOrder(shard -> shard == batch.shard() && shard.put(freeze), stream -> stream.put(batch));
    }

    /**
     * Ends the stream, and takes a step on every loop exactly at its end.
     *
     * @param step what is to be done with the rest of the stream
     * @return whether there was a stream
     */
    boolean end(Function<MoveStream.Rest<FrozenBatch>, Consumer<Shard>> step) {
        List<Shard> woken = new ArrayList<>(shards.size());
        synchronized (order) {
            if (stream == null) {
                return false;
            }
            Consumer<Shard> taken = step.apply(stream.end());
            stream = null;
            shards.stream().filter(s -> s.put(() -> taken.accept(s))).forEach(woken::add);
        }
        woken.forEach(Shard::drainSoon);
        return true;
    }

    private void inOrder(Predicate<Shard> put, Consumer<MoveStream<FrozenBatch>> record) {
        List<Shard> woken = new ArrayList<>(shards.size());
        synchronized (order) {
            shards.stream().filter(put).forEach(woken::add);
            if (stream != null) {
                record.accept(stream);
            }
        }
        woken.forEach(Shard::drainSoon);
    }
}
