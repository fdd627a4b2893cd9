package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.api.Secret;
import dev.evergate.core.agent.CancelSource;
import dev.evergate.testkit.model.FakeOpenAi;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Asks a provider that is played by a fake, and keeps what was said. */
final class Asker implements AutoCloseable {
    static final String KEY = "sk-very-secret-1234567890";

    private final FakeOpenAi fake = FakeOpenAi.start();
    private final List<String> said = new ArrayList<>();
    private final CancelSource cancel = new CancelSource();

    FakeOpenAi fake() {
        return fake;
    }

    List<String> said() {
        return said;
    }

    void forget() {
        said.clear();
    }

    CancelSource cancel() {
        return cancel;
    }

    @Override
    public void close() {
        fake.close();
    }

    ModelAnswer ask() throws ModelException {
        return provider(settings(fake.baseUrl(), KEY, Map.of()))
                .answer(request(), said::add, cancel);
    }

    ModelException failure() {
        return failure(fake.baseUrl());
    }

    ModelException failure(URI baseUrl) {
        return failure(settings(baseUrl, KEY, Map.of()));
    }

    ModelException failure(ModelProviderSettings settings) {
        ModelException failure =
                catchThrowableOfType(
                        ModelException.class,
                        () -> provider(settings).answer(request(), said::add, cancel));
        assertThat(failure).hasMessageNotContaining(KEY);
        return failure;
    }

    void assertClosedEarly() {
        try {
            assertThat(fake.awaitRequest(1).awaitClosedEarly(5000)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static ModelProvider provider(ModelProviderSettings settings) {
        return new OpenAiProviderFactory().open(settings);
    }

    static ModelProviderSettings settings(URI baseUrl, String key, Map<String, String> headers) {
        Map<String, Secret> secret = new HashMap<>();
        headers.forEach((name, value) -> secret.put(name, Secret.of(value)));
        return new ModelProviderSettings(
                "test", baseUrl, Secret.of(key), secret, Duration.ofMillis(700));
    }

    static ModelRequest request() {
        return new ModelRequest(
                "m", List.of(new ChatMessage(ChatMessage.Role.USER, "hi")), OptionalInt.empty());
    }

    static String text(String text) {
        return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}";
    }

    static String finish(String reason) {
        return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
    }
}
