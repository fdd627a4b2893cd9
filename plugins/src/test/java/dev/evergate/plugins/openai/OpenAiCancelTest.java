package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;
import dev.evergate.core.agent.CancelSource;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.model.SeenRequest;
import dev.evergate.testkit.time.TimeLimit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class OpenAiCancelTest {
    private final Asker asker = new Asker();

    @AfterEach
    void close() {
        asker.close();
    }

    @Test
    void asksNobodyWhenItIsCancelledBefore() {
        asker.cancel().cancel();

        assertThat(asker.failure().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(asker.fake().requests()).isEmpty();
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
            asker.fake().next(scripts.get(i));
            CancelSource signal = new CancelSource();
            ModelProvider provider =
                    Asker.provider(
                            new ModelProviderSettings(
                                    "test",
                                    asker.fake().baseUrl(),
                                    Secret.none(),
                                    Map.of(),
                                    Duration.ofMinutes(1)));
            CompletableFuture<ModelAnswer> asked =
                    CompletableFuture.supplyAsync(() -> unchecked(provider, signal));
            SeenRequest seen = asker.fake().awaitRequest(i + 1);

            TimeLimit limit = TimeLimit.in(1000);
            signal.cancel();

            assertThat(kindOf(asked)).as("script %d", i).isEqualTo(Kind.CANCELLED);
            assertThat(limit.leftMs()).as("script %d", i).isPositive();
            assertThat(seen.awaitClosedEarly(1000)).as("script %d", i).isTrue();
        }
    }

    @Test
    void closesTheConnectionWhenTheListenerFails() {
        asker.fake().next(ModelScript.endless(1));

        IllegalStateException failure =
                catchThrowableOfType(
                        IllegalStateException.class,
                        () ->
                                Asker.provider(
                                                Asker.settings(
                                                        asker.fake().baseUrl(),
                                                        Asker.KEY,
                                                        Map.of()))
                                        .answer(
                                                Asker.request(),
                                                _ -> {
                                                    throw new IllegalStateException("bug");
                                                },
                                                asker.cancel()));

        assertThat(failure).hasMessage("bug");
        asker.assertClosedEarly();
    }

    @Test
    void readsNoFasterThanTheListenerListens() throws Exception {
        String piece = "x".repeat(10_000);
        int[] written = {0};
        asker.fake()
                .next(
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
                                return Asker.provider(
                                                Asker.settings(
                                                        asker.fake().baseUrl(),
                                                        Asker.KEY,
                                                        Map.of()))
                                        .answer(
                                                Asker.request(),
                                                _ -> heard.orTimeout(1, TimeUnit.SECONDS).join(),
                                                asker.cancel());
                            } catch (ModelException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertThat(asked).failsWithin(Duration.ofSeconds(10));

        // Only the buffers of the sockets and one part may have been filled meanwhile.
        assertThat(written[0] * (long) piece.length()).isLessThan(50_000_000);
    }

    private static Kind kindOf(CompletableFuture<ModelAnswer> asked) throws Exception {
        return asked.handle(OpenAiCancelTest::kindOf).get(10, TimeUnit.SECONDS);
    }

    private static Kind kindOf(@Nullable ModelAnswer answer, @Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ModelException known) {
                return known.kind();
            }
        }
        throw new AssertionError("answered " + answer, failure);
    }

    private ModelAnswer unchecked(ModelProvider provider, CancelSource signal) {
        try {
            return provider.answer(Asker.request(), _ -> {}, signal);
        } catch (ModelException e) {
            throw new IllegalStateException(e);
        }
    }
}
