package dev.evergate.plugins.http;

import org.jspecify.annotations.Nullable;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A response's body, taken part by part with a limit on each wait. Thread-safe.
 *
 * <p>The connection is read only as fast as parts are taken: one at most waits here.
 */
public final class ResponseStream implements BodySubscriber<ResponseStream>, AutoCloseable {
    /** What comes next. */
    public sealed interface Part {
        /** More of the body, in this order. */
        record Bytes(List<ByteBuffer> buffers) implements Part {}

        /** The body is complete. */
        record End() implements Part {}

        /** The connection failed in the middle of the body. */
        record Broken(Throwable cause) implements Part {}

        /** Nothing came in time; something may still come. */
        record Silence() implements Part {}

        /** Somebody closed the stream on this side. */
        record Closed() implements Part {}
    }

    /** Bounded by demand: one part is asked for at a time, and two ends may follow it. */
    private final LinkedBlockingQueue<Part> parts = new LinkedBlockingQueue<>();

    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    /** Waits for the next part; {@link Part.Silence} if none comes in time. */
    public Part next(Duration silenceMax) throws InterruptedException {
        Part part = parts.poll(silenceMax.toMillis(), TimeUnit.MILLISECONDS);
        if (part instanceof Part.Bytes) {
            askForMore();
        }
        return part == null ? new Part.Silence() : part;
    }

    private synchronized void askForMore() {
        if (subscription != null && !closed) {
            subscription.request(1);
        }
    }

    /** Closes the connection unless the body is complete; wakes who waits. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (subscription != null) {
                subscription.cancel();
            }
            parts.add(new Part.Closed());
        }
    }

    @Override
    public CompletionStage<ResponseStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription started) {
        subscription = started;
        if (closed) {
            started.cancel();
        } else {
            started.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        parts.add(new Part.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        parts.add(new Part.Broken(cause));
    }

    @Override
    public void onComplete() {
        parts.add(new Part.End());
    }
}
