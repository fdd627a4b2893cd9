package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelAnswer.Stop;
import dev.evergate.api.ModelAnswer.Usage;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.Secret;
import dev.evergate.core.agent.CancelSource;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.model.SeenRequest;
import dev.evergate.testkit.time.TimeLimit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

class OpenAiProviderTest {
    private static final String KEY = "sk-very-secret-1234567890";

    private final FakeOpenAi fake = FakeOpenAi.start();
    private final List<String> said = new ArrayList<>();
    private final CancelSource cancel = new CancelSource();

    @AfterEach
    void close() {
        fake.close();
    }

    // ---- whole answers -------------------------------------------------------------------------

    @Test
    void streamsAnAnswerWordByWord() throws ModelException {
        fake.next(ModelScript.words(3, 1));

        ModelAnswer answer = ask();

        assertThat(said).containsExactly("w1", " w2", " w3");
        assertThat(answer).isEqualTo(new ModelAnswer(Stop.COMPLETE, new Usage(10, 3)));
    }

    @Test
    void sendsTheConversationWithKeyHeadersAndLimit() throws ModelException {
        ModelRequest request =
                new ModelRequest(
                        "the-model",
                        List.of(
                                new ChatMessage(ChatMessage.Role.SYSTEM, "Be brief."),
                                new ChatMessage(ChatMessage.Role.USER, "Grüße \"🌍\"\n"),
                                new ChatMessage(ChatMessage.Role.ASSISTANT, "Hello"),
                                new ChatMessage(ChatMessage.Role.USER, "Again")),
                        OptionalInt.of(50));
        provider(settings(fake.baseUrl(), KEY, Map.of("X-Title", "Evergate")))
                .answer(request, said::add, cancel);

        SeenRequest seen = fake.awaitRequest(1);
        assertThat(seen.path()).isEqualTo("/v1/chat/completions");
        assertThat(seen.header("authorization")).hasValue("Bearer " + KEY);
        assertThat(seen.header("x-title")).hasValue("Evergate");
        assertThat(seen.text())
                .isEqualTo(
                        "{\"model\":\"the-model\",\"messages\":["
                                + "{\"role\":\"system\",\"content\":\"Be brief.\"},"
                                + "{\"role\":\"user\",\"content\":\"Grüße \\\"🌍\\\"\\n\"},"
                                + "{\"role\":\"assistant\",\"content\":\"Hello\"},"
                                + "{\"role\":\"user\",\"content\":\"Again\"}],"
                                + "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                + "\"max_completion_tokens\":50}");
        assertThat(said).containsExactly("You said: Again");
    }

    @Test
    void asksWithoutAKeyWhereNoneIsNeeded() throws ModelException {
        provider(settings(fake.baseUrl(), "", Map.of())).answer(request(), said::add, cancel);

        assertThat(fake.awaitRequest(1).header("authorization")).isEmpty();
    }

    @Test
    void findsThePageBelowAnyWayToWriteTheAddress() {
        assertThat(
                        List.of(
                                ChatRequest.page(URI.create("http://h/v1")),
                                ChatRequest.page(URI.create("http://h/v1//")),
                                ChatRequest.page(URI.create("http://h/v1/chat/completions")),
                                ChatRequest.page(URI.create("http://h/v1/chat/completions/"))))
                .containsOnly(URI.create("http://h/v1/chat/completions"));
        assertThat(ChatRequest.page(URI.create("https://h/d?api-version=1#x")))
                .isEqualTo(URI.create("https://h/d/chat/completions?api-version=1"));
    }

    @Test
    void acceptsPlainJsonWhereAStreamWasAskedFor() throws ModelException {
        fake.next(ModelScript.plainJson("all at once"));

        ModelAnswer answer = ask();

        assertThat(said).containsExactly("all at once");
        assertThat(answer).isEqualTo(new ModelAnswer(Stop.COMPLETE, new Usage(10, 2)));
    }

    @Test
    void acceptsAStreamWithoutItsLastMark() throws ModelException {
        fake.next(ModelScript.events(text("hi"), finish("stop")));

        assertThat(ask().stop()).isEqualTo(Stop.COMPLETE);
        assertThat(said).containsExactly("hi");
    }

    @Test
    void acceptsAStreamWithoutFinishReasonThatHasItsLastMark() throws ModelException {
        fake.next(ModelScript.events(text("hi"), "[DONE]"));

        assertThat(ask().stop()).isEqualTo(Stop.COMPLETE);
    }

    @Test
    void acceptsTheQuirksOfRealServers() throws ModelException {
        fake.next(
                ModelScript.events(
                        "{\"choices\":null,\"usage\":null,\"error\":null}",
                        "{\"choices\":[]}",
                        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null},\"finish_reason\":null}]}",
                        "{\"choices\":[{\"delta\":{\"reasoning_content\":\"hmm\",\"content\":\"\"}}]}",
                        "{\"choices\":[{\"delta\":{\"reasoning\":\"hmm\"}}]}",
                        "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"unknown\":{}}]}",
                        "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"another choice\"}}]}",
                        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"b\"}]}}]}",
                        "{\"choices\":[{\"message\":{\"content\":\"c\"},\"delta\":null}]}",
                        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}]}",
                        finish("tool_calls"),
                        "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":null}}",
                        "[DONE]"));

        ModelAnswer answer = ask();

        assertThat(said).containsExactly("a", "b", "c");
        assertThat(answer).isEqualTo(new ModelAnswer(Stop.COMPLETE, new Usage(5, 0)));
    }

    @Test
    void acceptsCommentsAndEveryKindOfLineEnd() throws ModelException {
        fake.next(
                ModelScript.stream(
                        ": keep-alive\r\n\r\n",
                        "data:" + text("one") + "\r",
                        "\n\r\n: more\n",
                        "data: " + text("two").substring(0, 9),
                        text("two").substring(9) + "\n\n",
                        "data: " + finish("stop") + "\n\ndata: [DONE]"));

        assertThat(ask().stop()).isEqualTo(Stop.COMPLETE);
        assertThat(said).containsExactly("one", "two");
    }

    @ParameterizedTest
    @CsvSource({
        "stop,COMPLETE",
        "length,LENGTH",
        "max_tokens,LENGTH",
        "content_filter,FILTERED",
        "eos,COMPLETE"
    })
    void understandsWhyTheModelStopped(String reason, Stop stop) throws ModelException {
        fake.next(ModelScript.events(text("hi"), finish(reason), "[DONE]"));

        assertThat(ask().stop()).isEqualTo(stop);
    }

    @Test
    void doesNotWaitForEverForTheLastMark() throws ModelException {
        fake.next(
                reply -> {
                    reply.begin().say("hi").finish("stop");
                    reply.pause(ModelScript.FOREVER_MS);
                });

        assertThat(ask().stop()).isEqualTo(Stop.COMPLETE);
        assertThat(said).containsExactly("hi");
    }

    @Test
    void countsACutAfterTheFinishReasonAsAWholeAnswer() throws ModelException {
        fake.next(
                reply -> {
                    reply.begin().say("hi").finish("stop");
                    reply.cut();
                });

        assertThat(ask().stop()).isEqualTo(Stop.COMPLETE);
    }

    // ---- no answer -----------------------------------------------------------------------------

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        ModelException failure = failure(URI.create("http://127.0.0.1:" + port + "/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageContaining("\"test\" at http://127.0.0.1:" + port + "/v1")
                .hasMessageContaining("connection refused");
    }

    @Test
    void saysThatTheNameIsUnknown() {
        ModelException failure = failure(URI.create("http://no-such-host.invalid/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("\"no-such-host.invalid\" cannot be resolved");
    }

    @Test
    void saysThatTlsFailed() {
        ModelException failure = failure(URI.create("https://127.0.0.1:" + fake.port() + "/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("TLS failed");
    }

    @Test
    void saysThatTheAddressIsNone() {
        for (String address : List.of("ftp://host/v1", "nothing", "http:///v1")) {
            ModelException failure = failure(URI.create(address));

            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure).hasMessageContaining("models.providers.test.baseUrl");
        }
    }

    @Test
    void givesUpWhenNothingComes() {
        fake.next(ModelScript.silence());

        ModelException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageContaining("no answer within 700 ms")
                .hasMessageContaining("timeoutSeconds");
        assertClosedEarly(1);
    }

    @Test
    void givesUpWhenTheStreamFallsSilent() {
        fake.next(ModelScript.silenceAfter(2));

        ModelException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
        assertThat(failure).hasMessageContaining("silent for 700 ms");
        assertThat(said).containsExactly("w1", " w2");
        assertClosedEarly(1);
    }

    @Test
    void waitsForASlowFirstByteWithinTheLimit() throws ModelException {
        fake.next(ModelScript.slow(300, ModelScript.text("late")));

        assertThat(ask().stop()).isEqualTo(Stop.COMPLETE);
    }

    @Test
    void countsKeepAlivesAsLife() throws ModelException {
        fake.next(
                reply -> {
                    reply.begin();
                    for (int i = 0; i < 6; i++) {
                        reply.pause(250).raw(": still thinking\n\n");
                    }
                    ModelScript.events().play(reply);
                });
        fake.next(ModelScript.echo());

        // The script's own end is broken; what counts is that it was waited for.
        assertThat(failure()).hasMessageNotContainingAny("silent", "no answer");
    }

    @Test
    void saysThatAStreamWasCut() {
        for (ModelScript script :
                List.of(
                        ModelScript.cutAfter(2),
                        ModelScript.resetAfter(2),
                        ModelScript.stopShortAfter(2))) {
            said.clear();
            fake.next(script);

            ModelException failure = failure();

            assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
            assertThat(said).containsExactly("w1", " w2");
        }
    }

    @Test
    void saysThatTheConnectionClosedWithoutAnAnswer() {
        fake.next(reply -> reply.cut());

        assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void saysThatTheAnswerIsNotUnderstandable() {
        fake.next(ModelScript.invalidJson());

        ModelException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
        assertThat(failure).hasMessageContaining("not understandable");
    }

    @Test
    void saysThatAWebPageAnswers() {
        fake.next(reply -> reply.whole(200, "text/html", Map.of(), "<!doctype html><p>Hi"));

        ModelException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("a web page answers there");
    }

    @Test
    void saysThatTheAnswerIsEmptyOrSomethingElse() {
        fake.next(reply -> reply.whole(200, "application/json", Map.of(), ""));
        assertThat(failure()).hasMessageContaining("the answer is empty");
        fake.next(reply -> reply.whole(200, "application/json", Map.of(), "{\"ok\":true}"));
        assertThat(failure()).hasMessageContaining("JSON that is no completion");
    }

    @ParameterizedTest
    @CsvSource({
        "400,bad_request,REFUSED,it refused the request",
        "401,invalid_api_key,UNAUTHORIZED,models.providers.test.apiKey",
        "402,billing,REFUSED,no quota left",
        "403,forbidden,UNAUTHORIZED,key was not accepted",
        "404,model_not_found,REFUSED,there is no model \"m\"",
        "404,not_found,REFUSED,there is no /chat/completions",
        "405,not_allowed,REFUSED,there is no /chat/completions",
        "408,timeout,OVERLOADED,in time",
        "409,conflict,OVERLOADED,in time",
        "413,too_large,REFUSED,it refused the request",
        "429,rate_limit_exceeded,RATE_LIMITED,too many requests",
        "429,insufficient_quota,REFUSED,no quota left",
        "500,server_error,OVERLOADED,broken or overloaded",
        "503,unavailable,OVERLOADED,broken or overloaded",
        "529,overloaded,OVERLOADED,broken or overloaded",
        "307,moved,REFUSED,somewhere else"
    })
    void understandsEveryStatus(int status, String code, Kind kind, String message) {
        fake.next(ModelScript.error(status, code, "the provider's words"));

        ModelException failure = failure();

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure)
                .hasMessageContaining(message)
                .hasMessageContaining(status + ": the provider's words");
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After,7,7000",
        "Retry-After,0.5,500",
        "retry-after-ms,1500,1500",
        "Retry-After,-1,-1",
        "Retry-After,soon,-1",
        "Retry-After,'Sun, 22 Nov 2026 10:00:30 GMT',30000"
    })
    void tellsHowLongToWait(String header, String value, long expectedMs) {
        fake.next(
                ModelScript.error(
                        429,
                        "rate_limit_exceeded",
                        "slow down",
                        Map.of(header, value, "Date", "Sun, 22 Nov 2026 10:00:00 GMT")));

        assertThat(failure().retryAfter().map(Duration::toMillis).orElse(-1L))
                .isEqualTo(expectedMs);
    }

    @ParameterizedTest
    @CsvSource({
        "rate_limit_exceeded,RATE_LIMITED",
        "server_error,OVERLOADED",
        "502,OVERLOADED",
        "insufficient_quota,REFUSED",
        "context_length_exceeded,REFUSED",
        "something_new,BROKEN"
    })
    void understandsErrorsInsideTheStream(String code, Kind kind) {
        fake.next(
                ModelScript.events(
                        text("hi"),
                        "{\"error\":{\"message\":\"oh no\",\"code\":\"" + code + "\"}}"));

        ModelException failure = failure();

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining("oh no");
        assertThat(said).containsExactly("hi");
    }

    @Test
    void understandsAnErrorEvent() {
        fake.next(
                ModelScript.stream("event: error\ndata: {\"message\":\"oh no\",\"code\":429}\n\n"));

        assertThat(failure().kind()).isEqualTo(Kind.RATE_LIMITED);
    }

    @Test
    void understandsErrorsThatAreNoJson() {
        fake.next(reply -> reply.whole(502, "text/html", Map.of(), "<html>Bad gateway</html>"));
        assertThat(failure()).hasMessageContaining("(502)");
        fake.next(reply -> reply.whole(404, "text/plain", Map.of(), "404 page not found\n"));
        assertThat(failure()).hasMessageContaining("it often ends with /v1");
        fake.next(
                reply ->
                        reply.whole(
                                500,
                                "application/json",
                                Map.of(),
                                "{\"error\":\"out of memory\"}"));
        assertThat(failure()).hasMessageContaining("out of memory");
        fake.next(reply -> reply.whole(422, "application/json", Map.of(), "{\"detail\":[]}"));
        assertThat(failure().kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void neverShowsASecret() {
        String other = "another-secret-42";
        ModelProviderSettings settings =
                settings(
                        URI.create("http://user:pass1234@127.0.0.1:" + fake.port() + "/v1?key=zzz"),
                        KEY,
                        Map.of("X-Key", "Bearer " + other));
        fake.next(
                ModelScript.error(
                        401, "x", "bad key " + KEY + " or " + other + "\u001b[31m\nred\u202e"));

        ModelException failure = failure(settings);

        assertThat(failure)
                .hasMessageContaining("bad key (secret) or (secret) [31m red")
                .hasMessageNotContainingAny(KEY, other, "pass1234", "zzz", "\n", "\u001b");
    }

    @Test
    void namesAHeaderThatCannotBeSentWithoutItsValue() {
        ModelException failure =
                failure(settings(fake.baseUrl(), "sk-two\nlines-secret", Map.of()));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure)
                .hasMessageContaining("models.providers.test.apiKey")
                .hasMessageNotContaining("lines-secret");

        assertThat(failure(settings(fake.baseUrl(), KEY, Map.of("Host", "elsewhere"))))
                .hasMessageContaining("\"Host\"");
    }

    // ---- cancelling ----------------------------------------------------------------------------

    @Test
    void asksNobodyWhenItIsCancelledBefore() {
        cancel.cancel();

        assertThat(failure().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void closesTheConnectionWithinASecondWhenItIsCancelled() throws Exception {
        List<ModelScript> scripts =
                List.of(
                        ModelScript.silence(),
                        ModelScript.silenceAfter(1),
                        ModelScript.endless(5),
                        reply -> {
                            reply.begin(500, "text/plain");
                            reply.pause(ModelScript.FOREVER_MS);
                        });
        for (int i = 0; i < scripts.size(); i++) {
            fake.next(scripts.get(i));
            CancelSource signal = new CancelSource();
            ModelProvider provider =
                    provider(
                            new ModelProviderSettings(
                                    "test",
                                    fake.baseUrl(),
                                    Secret.none(),
                                    Map.of(),
                                    Duration.ofMinutes(1)));
            CompletableFuture<ModelAnswer> asked =
                    CompletableFuture.supplyAsync(() -> unchecked(provider, signal));
            SeenRequest seen = fake.awaitRequest(i + 1);

            TimeLimit limit = TimeLimit.in(1000);
            signal.cancel();

            assertThat(kindOf(asked)).as("script %d", i).isEqualTo(Kind.CANCELLED);
            assertThat(limit.leftMs()).as("script %d", i).isPositive();
            assertThat(seen.awaitClosedEarly(1000)).as("script %d", i).isTrue();
        }
    }

    @Test
    void closesTheConnectionWhenTheListenerFails() {
        fake.next(ModelScript.endless(1));

        IllegalStateException failure =
                catchThrowableOfType(
                        IllegalStateException.class,
                        () ->
                                provider(settings(fake.baseUrl(), KEY, Map.of()))
                                        .answer(
                                                request(),
                                                _ -> {
                                                    throw new IllegalStateException("bug");
                                                },
                                                cancel));

        assertThat(failure).hasMessage("bug");
        assertClosedEarly(1);
    }

    @Test
    void readsNoFasterThanTheListenerListens() throws Exception {
        String piece = "x".repeat(10_000);
        int[] written = {0};
        fake.next(
                reply -> {
                    reply.begin();
                    while (true) {
                        reply.say(piece);
                        written[0]++;
                    }
                });
        CompletableFuture<Void> heard = new CompletableFuture<>();
        CompletableFuture<ModelAnswer> asked =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return provider(settings(fake.baseUrl(), KEY, Map.of()))
                                        .answer(
                                                request(),
                                                _ -> heard.orTimeout(1, TimeUnit.SECONDS).join(),
                                                cancel);
                            } catch (ModelException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertThat(asked).failsWithin(Duration.ofSeconds(10));

        // Only the buffers of the sockets and one part may have been filled meanwhile.
        assertThat(written[0] * (long) piece.length()).isLessThan(50_000_000);
    }

    // ---- -------------------------------------------------------------------------------------

    private static Kind kindOf(CompletableFuture<ModelAnswer> asked) throws Exception {
        try {
            ModelAnswer answer = asked.get(10, TimeUnit.SECONDS);
            throw new AssertionError("answered: " + answer);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).hasCauseInstanceOf(ModelException.class);
            return ((ModelException) e.getCause().getCause()).kind();
        }
    }

    private ModelAnswer unchecked(ModelProvider provider, CancelSource signal) {
        try {
            return provider.answer(request(), _ -> {}, signal);
        } catch (ModelException e) {
            throw new IllegalStateException(e);
        }
    }

    private ModelAnswer ask() throws ModelException {
        return provider(settings(fake.baseUrl(), KEY, Map.of()))
                .answer(request(), said::add, cancel);
    }

    private ModelException failure() {
        return failure(fake.baseUrl());
    }

    private ModelException failure(URI baseUrl) {
        return failure(settings(baseUrl, KEY, Map.of()));
    }

    private ModelException failure(ModelProviderSettings settings) {
        ModelException failure =
                catchThrowableOfType(
                        ModelException.class,
                        () -> provider(settings).answer(request(), said::add, cancel));
        assertThat(failure).hasMessageNotContaining(KEY);
        return failure;
    }

    private void assertClosedEarly(int request) {
        try {
            assertThat(fake.awaitRequest(request).awaitClosedEarly(5000)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelProvider provider(ModelProviderSettings settings) {
        return new OpenAiProviderFactory().open(settings);
    }

    private static ModelProviderSettings settings(
            URI baseUrl, String key, Map<String, String> headers) {
        return new ModelProviderSettings(
                "test", baseUrl, Secret.of(key), headers, Duration.ofMillis(700));
    }

    private static ModelRequest request() {
        return new ModelRequest(
                "m", List.of(new ChatMessage(ChatMessage.Role.USER, "hi")), OptionalInt.empty());
    }

    private static String text(String text) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
    }

    private static String finish(String reason) {
        return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
    }
}
