package dev.evergate.plugins.openai;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.plugins.http.ProviderFaults;
import dev.evergate.plugins.http.ResponseStream;
import dev.evergate.plugins.http.ResponseStream.Part;
import dev.evergate.plugins.http.SharedHttp;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One provider that speaks OpenAI's chat completions API ({@code POST {baseUrl}/chat/completions},
 * streamed), and that of its embeddings. Thread-safe.
 */
final class OpenAiProvider implements ModelProvider {
    /** An error's text is cut here. */
    private static final int ERROR_BYTES_MAX = 64 << 10;

    /** Vectors of all texts that may be asked for at once are shorter. */
    private static final int ANSWER_BYTES_MAX = 64 << 20;

    /** How long an error's text may take to come; its status is enough to go on. */
    private static final Duration ERROR_TEXT_MAX = Duration.ofSeconds(2);

    /** How long a stream whose answer is complete may take to end: usage comes last. */
    private static final Duration AFTERWORD_MAX = Duration.ofSeconds(2);

    /** Parts read after the answer is complete: some servers go on with comments for ever. */
    private static final int AFTERWORDS_MAX = 100;

    /** How long to wait for the end behind {@code [DONE]}, so that the connection can be kept. */
    private static final Duration CLEAN_END_MAX = Duration.ofMillis(250);

    private final ModelProviderSettings settings;
    private final SharedHttp http;
    private final ProviderFaults faults;
    private final ChatRequest chatRequest;
    private final Embeddings embeddings;
    private final Duration afterwordMax;

    OpenAiProvider(ModelProviderSettings settings, SharedHttp http) {
        this.settings = settings;
        this.http = http;
        this.faults = new ProviderFaults(settings);
        var api = new ApiRequest(settings, faults);
        this.chatRequest = new ChatRequest(api);
        this.embeddings = new Embeddings(api, faults);
        this.afterwordMax =
                AFTERWORD_MAX.compareTo(settings.timeout()) < 0
                        ? AFTERWORD_MAX
                        : settings.timeout();
    }

    @Override
    public ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel)
            throws ModelException {
        if (cancel.isCancelled()) {
            throw faults.cancelled();
        }
        HttpRequest httpRequest = chatRequest.of(request);
        ResponseStream stream = new ResponseStream();
        CompletableFuture<HttpResponse<ResponseStream>> asked =
                http.client().sendAsync(httpRequest, _ -> stream);
        try (var _ = cancel.onCancel(() -> close(stream, asked))) {
            HttpResponse<ResponseStream> response = head(asked);
            if (response.statusCode() != 200) {
                throw new Refusal(faults, request.model())
                        .of(response.statusCode(), response.headers(), errorText(stream));
            }
            return read(stream, new AnswerReader(listener, faults, request.model()));
        } catch (ModelException e) {
            // A connection that we closed ourselves fails in many ways.
            throw cancel.isCancelled() ? faults.cancelled() : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.cancelled();
        } finally {
            close(stream, asked);
        }
    }

    @Override
    public EmbeddingAnswer embed(EmbeddingRequest request, CancelSignal cancel)
            throws ModelException {
        if (cancel.isCancelled()) {
            throw faults.cancelled();
        }
        HttpRequest httpRequest = embeddings.request(request);
        ResponseStream stream = new ResponseStream();
        CompletableFuture<HttpResponse<ResponseStream>> asked =
                http.client().sendAsync(httpRequest, _ -> stream);
        try (var _ = cancel.onCancel(() -> close(stream, asked))) {
            HttpResponse<ResponseStream> response = head(asked);
            if (response.statusCode() != 200) {
                throw new Refusal(faults, request.model())
                        .of(response.statusCode(), response.headers(), errorText(stream));
            }
            return embeddings.answer(whole(stream));
        } catch (ModelException e) {
            throw cancel.isCancelled() ? faults.cancelled() : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.cancelled();
        } finally {
            close(stream, asked);
        }
    }

    private byte[] whole(ResponseStream stream) throws ModelException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (bytes.size() <= ANSWER_BYTES_MAX) {
            switch (stream.next(settings.timeout())) {
                case Part.Bytes(var buffers) -> copy(buffers, bytes);
                case Part.Closed() -> throw faults.cancelled();
                case Part.Silence() -> throw faults.silent();
                case Part.Broken(var cause) -> throw faults.cut(cause);
                case Part.End() -> {
                    return bytes.toByteArray();
                }
            }
        }
        throw faults.fault(
                ModelException.Kind.BROKEN,
                "its answer does not end (expected: at most %d bytes)".formatted(ANSWER_BYTES_MAX));
    }

    private static void copy(List<ByteBuffer> buffers, ByteArrayOutputStream to) {
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            to.writeBytes(bytes);
        }
    }

    /** Closes the connection, wherever the exchange stands; without effect when it is complete. */
    private static void close(ResponseStream stream, CompletableFuture<?> asked) {
        stream.close();
        asked.cancel(true);
    }

    private HttpResponse<ResponseStream> head(CompletableFuture<HttpResponse<ResponseStream>> asked)
            throws ModelException, InterruptedException {
        try {
            return asked.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (CancellationException e) {
            throw faults.cancelled();
        } catch (TimeoutException e) {
            throw faults.noFirstByte();
        } catch (ExecutionException e) {
            throw faults.unreachable(e.getCause() == null ? e : e.getCause());
        }
    }

    private ModelAnswer read(ResponseStream stream, AnswerReader reader)
            throws ModelException, InterruptedException {
        for (int afterwords = 0; afterwords < AFTERWORDS_MAX; ) {
            switch (stream.next(reader.isFinished() ? afterwordMax : settings.timeout())) {
                case Part.Bytes(var buffers) -> {
                    afterwords += reader.isFinished() ? 1 : 0;
                    for (ByteBuffer buffer : buffers) {
                        reader.feed(buffer);
                    }
                    if (reader.isDone()) {
                        letEnd(stream);
                        return reader.end();
                    }
                }
                case Part.Closed() -> throw faults.cancelled();
                case Part.Silence() when !reader.isFinished() -> throw faults.silent();
                case Part.Broken(var cause) when !reader.isFinished() -> throw faults.cut(cause);
                case Part.End(), Part.Silence(), Part.Broken(_) -> {
                    return reader.end();
                }
            }
        }
        return reader.end();
    }

    private static void letEnd(ResponseStream stream) throws InterruptedException {
        // At most a few parts: whoever goes on talking after the end loses the connection.
        for (int i = 0; i < 4; i++) {
            if (!(stream.next(CLEAN_END_MAX) instanceof Part.Bytes)) {
                return;
            }
        }
    }

    private static String errorText(ResponseStream stream) throws InterruptedException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (text.size() < ERROR_BYTES_MAX
                && stream.next(ERROR_TEXT_MAX) instanceof Part.Bytes(var buffers)) {
            copy(buffers, text);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
