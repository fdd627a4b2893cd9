package dev.evergate.server.session;

import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.rpc.PresenceBoard;
import dev.evergate.server.transit.MoveStream;
import dev.evergate.server.transit.MoveStream.Entry;
import dev.evergate.server.transit.MoveStream.Frozen;
import dev.evergate.server.transit.MoveStream.Ready;
import dev.evergate.server.transit.MoveStream.Rest;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The moving of this server's connections. One thread calls its methods. */
final class LiveDeparture implements Departure {
    private static final long LOOP_MS_MAX = 2000;
    private static final long RETURN_MS_MAX = 5000;

    private final MoveStream<FrozenBatch> stream = new MoveStream<>();
    private final Hall hall;
    private final Fanout fanout;
    private final Door door;
    private final Supplier<StateVersions> versions;
    private final Runnable onEnd;
    private @Nullable FrozenBatch given;

    /** What stops and goes on accepting connections. */
    record Door(Runnable stopAccepting, Runnable accept) {}

    /**
     * @param onEnd is run when every connection is here or gone for good
     */
    LiveDeparture(
            Hall hall, Fanout fanout, Door door, Supplier<StateVersions> versions, Runnable onEnd) {
        this.hall = hall;
        this.fanout = fanout;
        this.door = door;
        this.versions = versions;
        this.onEnd = onEnd;
    }

    MoveStream<FrozenBatch> stream() {
        return stream;
    }

    @Override
    public int freeze(int max) {
        List<Shard> byLoad = new ArrayList<>(fanout.shards());
        byLoad.sort(Comparator.comparingInt(Shard::size).reversed());
        for (Shard shard : byLoad) {
            int frozen = shard.size() == 0 ? 0 : freeze(shard, max);
            if (frozen > 0) {
                return frozen;
            }
        }
        return 0;
    }

    private int freeze(Shard shard, int max) {
        FrozenBatch batch = new FrozenBatch(shard);
        StateVersions now = versions.get();
        fanout.freeze(
                batch,
                () ->
                        batch.freeze(
                                max,
                                session -> relay(session.id()),
                                session -> session.describe(now)));
        await(batch);
        return batch.connections().size();
    }

    private Requests.Relay relay(String connection) {
        return new Requests.Relay() {
            @Override
            public boolean pass(byte[] text, boolean isLast) {
                return stream.put(new Item.Response(connection, text, isLast));
            }

            @Override
            public boolean handOn(byte[] request) {
                return stream.put(new Item.Request(connection, request));
            }
        };
    }

    private static void await(FrozenBatch batch) {
        try {
            if (!batch.await(LOOP_MS_MAX)) {
                throw new IllegalStateException("a loop does not freeze its connections");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }

    @Override
    public Optional<Item> next(long timeoutMs) throws InterruptedException {
        if (given != null) {
            throw new IllegalStateException("the last batch has not been adopted");
        }
        Entry<FrozenBatch> entry = stream.take(timeoutMs);
        while (entry instanceof Frozen<FrozenBatch>(var batch)) {
            await(batch);
            if (!batch.connections().isEmpty()) {
                given = batch;
                return Optional.of(new Item.Batch(batch.connections()));
            }
            entry = stream.take(0);
        }
        return entry instanceof Ready<FrozenBatch> ready
                ? Optional.of(ready.item())
                : Optional.empty();
    }

    @Override
    public void adopted() {
        FrozenBatch batch = given;
        if (batch == null) {
            throw new IllegalStateException("no batch is on its way");
        }
        given = null;
        PresenceBoard presence = hall.services().boards().presence();
        for (Moving moved : batch.connections()) {
            presence.moved(moved.id());
        }
        var _ = batch.shard().run(() -> batch.sessions().forEach(ClientSession::leave));
    }

    @Override
    public void takeBack() {
        AtomicInteger awaited = new AtomicInteger(1);
        CountDownLatch back = new CountDownLatch(1);
        Runnable done =
                () -> {
                    if (awaited.decrementAndGet() == 0) {
                        back.countDown();
                    }
                };
        awaited.addAndGet(fanout.shards().size());
        boolean wasOpen = endStream((shard, rest) -> giveBack(shard, rest, awaited, done));
        if (!wasOpen) {
            throw new IllegalStateException("the departure is over");
        }
        hall.services().boards().presence().forgetMoved(true);
        hall.services().boards().suspension().keep();
        door.accept.run();
        done.run();
        try {
            if (!back.await(RETURN_MS_MAX, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("a loop does not take its connections back");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            hall.services().boards().nodes().forgetMoved();
            onEnd.run();
        }
    }

    /** What each loop does at the end of the stream. */
    private interface Last {
        void on(Shard shard, Rest<FrozenBatch> rest);
    }

    private boolean endStream(Last last) {
        FrozenBatch first = given;
        given = null;
        return fanout.end(
                rest -> {
                    List<Entry<FrozenBatch>> entries = new ArrayList<>();
                    if (first != null) {
                        entries.add(new Frozen<>(first));
                    }
                    entries.addAll(rest.entries());
                    Rest<FrozenBatch> all = new Rest<>(entries, rest.lost());
                    Consumer<Shard> step = shard -> last.on(shard, all);
                    return step;
                });
    }

    /** On the loop: its frozen connections go on, and get what stands behind them. */
    private void giveBack(
            Shard shard, Rest<FrozenBatch> rest, AtomicInteger awaited, Runnable done) {
        Replay replay = new Replay(hall);
        for (Entry<FrozenBatch> entry : rest.entries()) {
            switch (entry) {
                case Frozen<FrozenBatch>(var batch) when batch.shard() == shard ->
                        replay.join(batch.sessions());
                case Frozen<FrozenBatch> _ -> {}
                case Ready<FrozenBatch> ready -> replay.play(ready.item());
            }
        }
        for (ClientSession session : replay.finish(rest.lost())) {
            awaited.incrementAndGet();
            session.resume(done);
        }
        done.run();
    }

    @Override
    public void stopAccepting() {
        door.stopAccepting.run();
    }

    @Override
    public int remaining() {
        AtomicInteger movable = new AtomicInteger();
        count(shard -> movable.addAndGet(shard.movable()));
        return movable.get();
    }

    @Override
    public Bound bound() {
        AtomicInteger all = new AtomicInteger();
        AtomicInteger waiting = new AtomicInteger();
        count(
                shard -> {
                    all.addAndGet(shard.bound());
                    waiting.addAndGet(shard.boundAndWaiting());
                });
        return new Bound(all.get(), waiting.get());
    }

    /** Lets every loop count its connections. */
    private void count(Consumer<Shard> counting) {
        List<Shard> shards = fanout.shards();
        CountDownLatch counted = new CountDownLatch(shards.size());
        for (Shard shard : shards) {
            Runnable count =
                    () -> {
                        counting.accept(shard);
                        counted.countDown();
                    };
            if (!shard.run(count)) {
                counted.countDown();
            }
        }
        try {
            if (!counted.await(LOOP_MS_MAX, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("a loop does not count its connections");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void close() {
        if (endStream(LiveDeparture::leaveRest)) {
            hall.services().boards().presence().forgetMoved(false);
            hall.services().boards().nodes().forgetMoved();
            onEnd.run();
        }
    }

    private static void leaveRest(Shard shard, Rest<FrozenBatch> rest) {
        for (Entry<FrozenBatch> entry : rest.entries()) {
            if (entry instanceof Frozen<FrozenBatch>(var batch) && batch.shard() == shard) {
                batch.sessions().forEach(ClientSession::leave);
            }
        }
    }
}
