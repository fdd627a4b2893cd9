package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.model.SeenRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

class OpenAiEmbeddingTest {
    private final Asker asker = new Asker();

    @AfterEach
    void close() {
        asker.close();
    }

    private static ModelScript says(String json) {
        return reply -> reply.whole(200, "application/json", Map.of(), json);
    }

    private EmbeddingAnswer embed(OptionalInt dimensions) throws ModelException {
        return Asker.provider(Asker.settings(asker.fake().baseUrl(), Asker.KEY, Map.of()))
                .embed(
                        new EmbeddingRequest("m", List.of("one", "two"), dimensions),
                        asker.cancel());
    }

    private ModelException failure() {
        ModelException failure =
                catchThrowableOfType(ModelException.class, () -> embed(OptionalInt.empty()));
        assertThat(failure).hasMessageNotContaining(Asker.KEY);
        return failure;
    }

    @Test
    void asksForVectorsAndPutsThemInOrder() throws Exception {
        asker.fake()
                .next(
                        says(
                                """
                                {"object":"list","data":[{"index":1,"embedding":[3,4.5]},
                                 {"index":0,"embedding":[1,-2]}],
                                 "usage":{"prompt_tokens":6,"total_tokens":6}}"""));

        EmbeddingAnswer answer = embed(OptionalInt.of(2));

        assertThat(answer.vectors()).containsExactly(List.of(1f, -2f), List.of(3f, 4.5f));
        assertThat(answer.usage().inputTokens()).isEqualTo(6);
        SeenRequest seen = asker.fake().awaitRequest(1);
        assertThat(seen.path()).isEqualTo("/v1/embeddings");
        assertThat(seen.header("authorization")).contains("Bearer " + Asker.KEY);
        assertThat(seen.json().toString())
                .isEqualTo(
                        "{\"model\":\"m\",\"input\":[\"one\",\"two\"],\"encoding_format\":\"float\",\"dimensions\":2}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "{\"data\":[{\"index\":0}]}",
                "{\"data\":[{\"index\":0,\"embedding\":[\"x\"]}]}"
            })
    void believesNothingElse(String body) {
        asker.fake().next(says(body));

        assertThat(failure().kind()).isEqualTo(Kind.BROKEN);
    }

    @Test
    void understandsWhatIsRefused() {
        asker.fake().next(ModelScript.error(404, "model_not_found", "no such model"));

        assertThat(failure().kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void doesNotWaitForEver() {
        asker.fake().next(ModelScript.silence());

        assertThat(failure().kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void asksNobodyWhenItIsCancelledBefore() {
        asker.cancel().cancel();

        assertThat(failure().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(asker.fake().requests()).isEmpty();
    }
}
