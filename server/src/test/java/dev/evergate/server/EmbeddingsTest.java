package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

class EmbeddingsTest {
    private static final String PATH = "/v1/embeddings";
    private static final String TWO = "{\"model\":\"openclaw\",\"input\":[\"a\",\"bcd\"]}";

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @BeforeEach
    void switchOn() {
        configure(new Embedding("fake", "embed-1"));
    }

    private void configure(Embedding model) {
        server.gateway.config = FakeGateway.config(new Http(true, false, model, Hooks.OFF));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    @Test
    void turnsTextsIntoVectors() throws Exception {
        HttpResponse<String> answer = talk.post(PATH, TWO);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).toString())
                .isEqualTo(
                        """
                        {"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.5,-1.0]},\
                        {"object":"embedding","index":1,"embedding":[3.5,-1.0]}],"model":"openclaw",\
                        "usage":{"prompt_tokens":5,"total_tokens":5}}""");
        assertThat(server.gateway.embedded).containsExactly("fake/embed-1 OptionalInt.empty");
    }

    @Test
    void packsThemForWhoeverWantsThat() throws Exception {
        String packed =
                "{\"model\":\"openclaw\",\"input\":\"a\",\"encoding_format\":\"base64\",\"dimensions\":2}";

        String text = json(talk.post(PATH, packed)).at("/data/0/embedding").asString();

        ByteBuffer bytes =
                ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getFloat()).isEqualTo(1.5f);
        assertThat(bytes.getFloat()).isEqualTo(-1f);
        assertThat(server.gateway.embedded).containsExactly("fake/embed-1 OptionalInt[2]");
    }

    @Test
    void takesTheModelThatAnOwnerNames() throws Exception {
        HttpResponse<String> _ = talk.post(PATH, TWO, "x-openclaw-model: fake/other");
        HttpResponse<String> _ = talk.post(PATH, TWO, "x-openclaw-model: third");

        assertThat(server.gateway.embedded)
                .containsExactly("fake/other OptionalInt.empty", "fake/third OptionalInt.empty");
        HttpResponse<String> other =
                talk.post(
                        PATH,
                        TWO,
                        "x-openclaw-model: fake/other",
                        "x-openclaw-scopes: operator.write");
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(json(other).at("/error/details/missingScope").asString())
                .isEqualTo("operator.admin");
        assertThat(talk.post(PATH, TWO, "x-openclaw-model: x/y").statusCode()).isEqualTo(400);
    }

    @Test
    void saysHowToSetAModel() throws Exception {
        configure(Embedding.NONE);

        HttpResponse<String> answer = talk.post(PATH, TWO);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).at("/error/message").asString())
                .isEqualTo(
                        "No embedding model is configured. To set one: evergate config set"
                                + " agents.defaults.memorySearch.model <provider>/<model>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"input":"x"}                         | Invalid `model`
                    {"model":"openclaw"}                  | `input` must be a string or
                    {"model":"openclaw","input":[1]}      | `input` must be a string or
                    {"model":"openclaw","input":[]}       | at least one non-empty
                    {"model":"openclaw","input":""}       | at least one non-empty
                    {"model":"openclaw","input":"x","dimensions":0} | `dimensions` is 0
                    {"model":"openclaw","input":"x","encoding_format":"hex"} | `encoding_format` is "hex"
                    nonsense                              | not JSON
                    """)
    void refusesWhatIsNoText(String body, String why) throws Exception {
        HttpResponse<String> answer = talk.post(PATH, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/message").asString()).contains(why);
        assertThat(server.gateway.embedded).isEmpty();
    }

    @Test
    void boundsWhatIsAskedAtOnce() throws Exception {
        String longText = "x".repeat(8_193);
        assertThat(
                        talk.post(PATH, "{\"model\":\"openclaw\",\"input\":\"" + longText + "\"}")
                                .body())
                .contains("8193 (expected: at most 8192)");
        String many = "\"x\",".repeat(128) + "\"x\"";
        assertThat(
                        talk.post(PATH, "{\"model\":\"openclaw\",\"input\":[" + many + "]}")
                                .statusCode())
                .isEqualTo(400);
    }
}
