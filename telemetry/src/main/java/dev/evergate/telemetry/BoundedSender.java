package dev.evergate.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends one request at a time and never gets stuck with an answer: the whole exchange has a
 * deadline, of the answer's body a few kilobytes are taken, redirects are not followed (headers
 * hold secrets). Thread-safe.
 */
final class BoundedSender implements HttpSender {
    /** For one exchange, from connecting to the end of the answer. */
    static final long TIMEOUT_MS = 3_000;

    private static final long BODY_BYTES_MAX = 16 * 1024;

    private final HttpSenderConfig config;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(Duration.ofMillis(TIMEOUT_MS))
                    .build();

    private BoundedSender(HttpSenderConfig config) {
        this.config = config;
    }

    /** Found through {@link java.util.ServiceLoader}. */
    public static final class Provider implements HttpSenderProvider {
        @Override
        public HttpSender createSender(HttpSenderConfig config) {
            return new BoundedSender(config);
        }
    }

    @Override
    public void send(
            MessageWriter message, Consumer<HttpResponse> onAnswer, Consumer<Throwable> onError) {
        try {
            var exchange = client.sendAsync(request(message), _ -> new Sip());
            var _ =
                    exchange.copy() // cancelling what has timed out itself would end nothing
                            .orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                            .whenComplete(
                                    (answer, failure) -> {
                                        if (failure != null) {
                                            exchange.cancel(true);
                                            onError.accept(failure);
                                        } else {
                                            onAnswer.accept(new Status(answer.statusCode()));
                                        }
                                    });
        } catch (IOException | RuntimeException e) {
            onError.accept(e);
        }
    }

    private HttpRequest request(MessageWriter message) throws IOException {
        var body = new ByteArrayOutputStream(Math.max(32, message.getContentLength()));
        message.writeMessage(body);
        var request =
                HttpRequest.newBuilder(config.getEndpoint())
                        .timeout(Duration.ofMillis(TIMEOUT_MS))
                        .header("Content-Type", config.getContentType())
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        config.getHeadersSupplier()
                .get()
                .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return request.build();
    }

    @Override
    public CompletableResultCode shutdown() {
        client.shutdownNow();
        return CompletableResultCode.ofSuccess();
    }

    /** What the collector said; its words do not matter. */
    private record Status(int code) implements HttpResponse {
        @Override
        public int getStatusCode() {
            return code;
        }

        @Override
        public String getStatusMessage() {
            return "";
        }

        @Override
        public byte[] getResponseBody() {
            return new byte[0];
        }
    }

    /** Takes a little of a body and leaves the rest. */
    private static final class Sip implements BodySubscriber<Void> {
        private final BodySubscriber<Void> all = BodySubscribers.discarding();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private Flow.Subscription source = new Never();
        private long taken;

        @Override
        public CompletionStage<Void> getBody() {
            return end;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            source = subscription;
            all.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            for (ByteBuffer bytes : part) {
                taken += bytes.remaining();
            }
            if (taken > BODY_BYTES_MAX) {
                source.cancel();
                var _ = end.completeExceptionally(new IOException("the answer is too long"));
            }
        }

        @Override
        public void onError(Throwable failure) {
            var _ = end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            var _ = end.complete(null);
        }
    }

    /** Before there is a source. */
    private record Never() implements Flow.Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
