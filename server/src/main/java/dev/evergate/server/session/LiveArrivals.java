package dev.evergate.server.session;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.move.Arrivals;
import dev.evergate.server.move.Moving;
import dev.evergate.server.transit.FrozenCodec;
import dev.evergate.server.transit.FrozenSession;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Connections that have come to this server. */
final class LiveArrivals implements Arrivals {
    private static final long BEGIN_MS_MAX = 5000;

    private final List<Arrival> arrivals = new ArrayList<>();
    private final Consumer<LiveArrivals> onBegin;

    /** One of them. */
    record Arrival(ClientSession session, Shard shard, Channel channel, FrozenSession from) {}

    /** Where they go. */
    interface Host {
        ClientSession host(Shard shard, Channel channel, String id);
    }

    LiveArrivals(Consumer<LiveArrivals> onBegin) {
        this.onBegin = onBegin;
    }

    /** Checks one more. */
    void add(Moving moving, Shard shard, IntFunction<Channel> sockets, Host host) {
        try {
            FrozenSession from = FrozenCodec.decode(moving.body());
            Channel channel = sockets.apply(moving.descriptor());
            ClientSession session = host.host(shard, channel, moving.id());
            arrivals.add(new Arrival(session, shard, channel, from));
        } catch (IOException | ChannelException unusable) {
            throw new EvergateException(
                    ErrorCode.INTERNAL,
                    "connection "
                            + moving.id()
                            + " (descriptor "
                            + moving.descriptor()
                            + ") cannot be gone on with: "
                            + unusable.getMessage(),
                    unusable);
        }
    }

    List<Arrival> all() {
        return arrivals;
    }

    @Override
    public int size() {
        return arrivals.size();
    }

    @Override
    public void begin() {
        onBegin.accept(this);
        CountDownLatch begun = new CountDownLatch(arrivals.size());
        for (Arrival arrival : arrivals) {
            arrival.channel.pipeline().addLast(arrival.session.decoder());
            var _ =
                    arrival.shard
                            .loop()
                            .register(arrival.channel)
                            .addListener(
                                    registered -> {
                                        if (registered.isSuccess()) {
                                            arrival.session.goOn(arrival.from);
                                        } else {
                                            arrival.channel.unsafe().closeForcibly();
                                        }
                                        begun.countDown();
                                    });
        }
        try {
            if (!begun.await(BEGIN_MS_MAX, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        begun.getCount() + " connections wait for a loop that does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
