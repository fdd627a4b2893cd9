package dev.evergate.server.session;

import dev.evergate.server.rpc.Call;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.WireError;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Brings the answers to one request to its connection, from whatever thread. */
final class Answerer implements Call.Responder {
    private final Requests requests;
    private final JsonText id;
    private final long reservedBytes;
    private final boolean isTold;
    private final AtomicBoolean isDone = new AtomicBoolean();

    /**
     * @param reservedBytes of the frame budget, given back with the last answer
     * @param isTold whether the client has had all but the last answer
     */
    Answerer(Requests requests, JsonText id, long reservedBytes, boolean isTold) {
        this.requests = requests;
        this.id = id;
        this.reservedBytes = reservedBytes;
        this.isTold = isTold;
    }

    @Override
    public void ok(byte[] payload, boolean isLast) {
        answer(isLast, allocator -> Frames.ok(allocator, id, payload));
    }

    @Override
    public void failed(WireError error) {
        Json json = requests.hall().services().json();
        requests.hall().services().boards().traffic().error();
        WireError told = requests.spread(error);
        answer(true, allocator -> Frames.failure(allocator, id, json, told));
    }

    @Override
    public void failed(byte[] payload, WireError error) {
        Json json = requests.hall().services().json();
        requests.hall().services().boards().traffic().error();
        WireError told = requests.spread(error);
        answer(true, allocator -> Frames.failure(allocator, id, json, payload, told));
    }

    @Override
    public void handOn(String method, byte[] params) {
        if (isDone.compareAndSet(false, true)
                && !requests.shard().run(() -> handOnHere(method, params))) {
            release(true); // nobody is left to tell
        }
    }

    @Override
    public void handOnWhenMoved(String method, byte[] params) {
        Runnable step =
                () -> {
                    if (isDone.compareAndSet(false, true)) {
                        handOnHere(method, params);
                    }
                };
        boolean _ = requests.shard().run(() -> requests.whenMoved(id, step));
    }

    @Override
    public void whenGone(Runnable gone) {
        Runnable step =
                () -> {
                    if (isDone.compareAndSet(false, true)) {
                        release(true);
                        gone.run();
                    }
                };
        boolean _ = requests.shard().run(() -> requests.whenGone(id, step));
    }

    private void handOnHere(String method, byte[] params) {
        requests.handOn(id, method, params);
        release(true);
    }

    private void answer(boolean isLast, Function<ByteBufAllocator, ByteBuf> frame) {
        if (!isLast && isTold) {
            return; // by the server that had the request before
        }
        if (isLast && !isDone.compareAndSet(false, true)) {
            return;
        }
        if (requests.shard().loop().inEventLoop()) {
            write(isLast, frame);
        } else if (!requests.shard().run(() -> write(isLast, frame))) {
            release(isLast); // nobody is left to tell
        }
    }

    private void write(boolean isLast, Function<ByteBufAllocator, ByteBuf> frame) {
        requests.answer(id, frame.apply(requests.allocator()), isLast);
        release(isLast);
    }

    private void release(boolean isLast) {
        if (isLast) {
            requests.hall().budget().release(reservedBytes);
        }
    }
}
