package dev.evergate.plugins.scout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelScout;
import dev.evergate.api.ModelScout.Finding;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.time.TimeLimit;

import org.junit.jupiter.api.Test;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

class ScoutTest {
    private static final JsonMapper JSON5 =
            JsonMapper.builder()
                    .enable(
                            JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES,
                            JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build();

    @Test
    void findsOllamaAndTheModelsThatCanChat() {
        try (FakeOpenAi fake = FakeOpenAi.start()) {
            fake.page(
                    "/api/tags",
                    """
                    {"models":[{"name":"nomic-embed-text:latest"},{"name":"qwen3:8b"},{"name":"\\u001b[31m"},
                     {"name":"a:1"},{"name":"b:1"},{"name":"c:1"}]}""");

            List<Finding> found = new OllamaScout(root(fake)).look(Map.of());

            assertThat(found).hasSize(1);
            assertThat(found.getFirst().what())
                    .isEqualTo("Ollama at 127.0.0.1:%d (qwen3:8b, a:1, b:1, …)", fake.port());
            JsonNode config = JSON5.readTree("{" + found.getFirst().hint() + "}");
            assertThat(config.at("/agents/defaults/model/primary").asString(""))
                    .isEqualTo("ollama/qwen3:8b");
            assertThat(config.at("/models/providers/ollama/baseUrl").asString(""))
                    .isEqualTo("http://127.0.0.1:%d/v1", fake.port());
            assertThat(config.at("/models/providers/ollama").has("apiKey")).isFalse();
        }
    }

    @Test
    void saysHowToGetAModelWhenOllamaHasNone() {
        try (FakeOpenAi fake = FakeOpenAi.start()) {
            fake.page("/api/tags", "{\"models\":[]}");

            assertThat(new OllamaScout(root(fake)).look(Map.of()))
                    .extracting(Finding::hint)
                    .containsExactly("ollama pull qwen3:8b");
        }
    }

    @Test
    void findsNothingQuicklyWhereNobodyListens() throws IOException {
        URI nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + closed.getLocalPort());
        }
        TimeLimit limit = TimeLimit.in(300);

        assertThat(new OllamaScout(nobody).look(Map.of())).isEmpty();
        assertThat(limit.leftMs()).isPositive();
    }

    @Test
    void findsNothingWithinASecondWhereSomethingElseListens() throws IOException {
        try (FakeOpenAi other = FakeOpenAi.start();
                ServerSocket mute = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            assertThat(new OllamaScout(root(other)).look(Map.of())).isEmpty();
            other.page("/api/tags", "<html>");
            assertThat(new OllamaScout(root(other)).look(Map.of())).isEmpty();

            TimeLimit limit = TimeLimit.in(1500);
            URI address = URI.create("http://127.0.0.1:" + mute.getLocalPort());
            assertThat(new OllamaScout(address).look(Map.of())).isEmpty();
            assertThat(limit.leftMs()).isPositive();
        }
    }

    @Test
    void namesTheKeysInTheEnvironmentAndNeverShowsThem() {
        List<Finding> found =
                new EnvironmentKeyScout()
                        .look(
                                Map.of(
                                        "OPENAI_API_KEY", "sk-secret",
                                        "GEMINI_API_KEY", "another",
                                        "GROQ_API_KEY", " ",
                                        "PATH", "/bin"));

        assertThat(found)
                .extracting(Finding::what)
                .containsExactly(
                        "a key for openai in the environment (OPENAI_API_KEY)",
                        "a key for gemini in the environment (GEMINI_API_KEY)");
        assertThat(found.toString()).doesNotContain("sk-secret", "another");
        for (Finding finding : found) {
            JsonNode config = JSON5.readTree("{" + finding.hint() + "}");
            assertThat(config.at("/agents/defaults/model/primary").asString("")).contains("/");
        }
    }

    @Test
    void areFoundAsServices() {
        assertThat(ServiceLoader.load(ModelScout.class)).hasSize(2);
        assertThat(ServiceLoader.load(ModelProviderFactory.class))
                .extracting(ModelProviderFactory::api)
                .containsExactly("openai-completions");
    }

    private static URI root(FakeOpenAi fake) {
        return URI.create("http://127.0.0.1:" + fake.port());
    }
}
