package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.config.RemotePictures;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.fetch.OtherServer;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

@Tag("S10")
class RemotePictureTest {
    private static final String COMPLETIONS = "/v1/chat/completions";
    private static final String RESPONSES = "/v1/responses";
    private static final byte[] PNG = "\211PNG\r\n\032\n…".getBytes(StandardCharsets.ISO_8859_1);

    private final OtherServer other = new OtherServer();
    private final TestServer server = new TestServer(other);
    private final HttpTalk talk = new HttpTalk(server);

    RemotePictureTest() throws Exception {
        other.name("cdn.example", OtherServer.PUBLIC).file("/a.png", "image/png", PNG);
        allow(RemotePictures.OFF, RemotePictures.OFF);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        other.close();
        assertThat(server.faults).isEmpty();
    }

    private void allow(RemotePictures completions, RemotePictures responses) {
        server.gateway.config =
                FakeGateway.config(
                        new Http(true, true, Embedding.NONE, Hooks.OFF, completions, responses));
    }

    private static RemotePictures fetched() {
        return new RemotePictures(
                true, List.of(), RemotePictures.TYPES, 1_000, 3, Wait.PATIENCE.toMillis());
    }

    private static String completion(String... urls) {
        return List.of(urls).stream()
                .map("{\"type\":\"image_url\",\"image_url\":{\"url\":\"%s\"}}"::formatted)
                .collect(
                        Collectors.joining(
                                ",",
                                "{\"messages\":[{\"role\":\"user\",\"content\":["
                                        + "{\"type\":\"text\",\"text\":\"what is it\"},",
                                "]}]}"));
    }

    private static String response(String part) {
        return """
        {"model":"openclaw","input":[{"role":"user","content":[{"type":"input_text","text":"?"},%s]}]}"""
                .formatted(part);
    }

    private Gateway.Message asked(String path, String body) throws Exception {
        CompletableFuture<HttpResponse<String>> answer = talk.begin(path, body);
        Wait.until("it is asked", () -> answer.isDone() || server.gateway.messages.size() == 1);
        assertThat(server.gateway.messages).as("asked").hasSize(1);
        String run = server.gateway.messages.keySet().iterator().next();
        server.gateway.endRun(FakeGateway.end(run, Turn.State.DONE, "a dot", ""));
        assertThat(answer.get().statusCode()).isEqualTo(200);
        return server.gateway.message(run);
    }

    private String refused(String path, String body) throws Exception {
        HttpResponse<String> answer = talk.post(path, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(server.gateway.messages).isEmpty();
        return json(answer).path("error").path("message").asString();
    }

    @Test
    void showsTheModelAPictureFromElsewhere() throws Exception {
        allow(fetched(), RemotePictures.OFF);

        Gateway.Message message = asked(COMPLETIONS, completion("http://cdn.example/a.png"));

        Attachment picture = message.attachments().getFirst();
        assertThat(picture.mimeType()).isEqualTo("image/png");
        assertThat(picture.data().bytes()).isEqualTo(PNG);
        assertThat(message.content().blocks()).contains(picture.image());
        assertThat(other.heads.toString()).doesNotContainIgnoringCase("authorization");
    }

    @Test
    void doesSoInBothFormsOfTheNewerApi() throws Exception {
        allow(RemotePictures.OFF, fetched());
        String part =
                """
                {"type":"input_image","source":{"type":"url","url":"http://cdn.example/a.png"}},
                {"type":"input_image","image_url":"http://cdn.example/a.png"}""";

        assertThat(asked(RESPONSES, response(part)).attachments()).hasSize(2);
    }

    @Test
    void fetchesNothingUnlessItIsSwitchedOnForThatEndpoint() throws Exception {
        allow(RemotePictures.OFF, fetched());
        assertThat(refused(COMPLETIONS, completion("http://cdn.example/a.png")))
                .contains(
                        "\"http://cdn.example/a.png…\" is none (expected: a data: URL",
                        "evergate config set gateway.http.endpoints.chatCompletions.images.allowUrl true");

        allow(fetched(), RemotePictures.OFF);
        assertThat(
                        refused(
                                RESPONSES,
                                response(
                                        "{\"type\":\"input_image\",\"image_url\":\"http://cdn.example/a.png\"}")))
                .contains("evergate config set gateway.http.endpoints.responses.images.allowUrl");
        assertThat(other.asked).isEmpty();
        assertThat(other.dialled).isEmpty();
    }

    @Test
    void neverFetchesWithoutTheSecret() throws Exception {
        allow(fetched(), fetched());

        HttpResponse<String> answer =
                talk.post(
                        COMPLETIONS,
                        completion("http://cdn.example/a.png"),
                        "Authorization: Bearer wrong");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(
                        talk.post(
                                        COMPLETIONS,
                                        completion("http://cdn.example/a.png"),
                                        "x-openclaw-scopes: operator.read")
                                .statusCode())
                .isEqualTo(403);
        assertThat(other.asked).isEmpty();
    }

    @Test
    void doesNotReachTheGatewayItselfOrAnythingBesideIt() throws Exception {
        allow(fetched(), fetched());
        int port = server.address.getPort();

        assertThat(refused(COMPLETIONS, completion("http://127.0.0.1:" + port + "/healthz")))
                .contains("has the port " + port);
        assertThat(refused(COMPLETIONS, completion("http://127.0.0.1/")))
                .contains("is not at a public address");
        assertThat(refused(COMPLETIONS, completion("HTTP://[::1]/")))
                .contains("is not at a public address");
        assertThat(other.dialled).isEmpty();
    }

    @Test
    void takesWhatIsNoPictureForNone() throws Exception {
        allow(fetched(), fetched());
        other.file(
                "/secrets.png",
                "image/png",
                "{\"token\":\"x\"}".getBytes(StandardCharsets.US_ASCII));

        assertThat(refused(COMPLETIONS, completion("http://cdn.example/secrets.png")))
                .contains("is not what its server calls it");
    }

    @Test
    void fetchesOnlyAFewForOneRequest() throws Exception {
        allow(fetched(), fetched());
        String[] urls =
                IntStream.range(0, 50)
                        .mapToObj(_ -> "http://cdn.example/a.png")
                        .toArray(String[]::new);

        assertThat(refused(COMPLETIONS, completion(urls)))
                .contains("is one too many (expected: at most 8 that have to be fetched");
        assertThat(other.heads).hasSize(8);
    }
}
