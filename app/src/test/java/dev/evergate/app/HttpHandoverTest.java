package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** What programs that ask over plain HTTP see of a hand-over. */
class HttpHandoverTest extends TwoGenerations {
    @Test
    @Tag("I18")
    void whoeverAskedGetsTheAnswerWhereItWasAsked() throws Exception {
        // Longer than connections are waited for that want nothing.
        model.next(ModelScript.words(60, 25), ModelScript.text("second"));
        GatewayAssembly one = first();
        CompletableFuture<HttpResponse<String>> running = ask("one", true);
        var _ = model.awaitRequest(1);
        CompletableFuture<HttpResponse<String>> waiting = ask("two", false);
        Wait.until("both are there", () -> one.requests() == 2);
        var change = new Change(one, start(2, 1));
        change.complete();
        change.end(10_000);

        assertThat(running.get().body()).contains("w60").endsWith("data: [DONE]\n\n");
        assertThat(waiting.get().body()).contains("\"content\":\"second\"");
        assertThat(model.requests()).hasSize(2);
    }

    /** Asks in one conversation. */
    private CompletableFuture<HttpResponse<String>> ask(String text, boolean isStreamed) {
        String body =
                """
                {"user":"u","stream":%s,"messages":[{"role":"user","content":"%s"}]}"""
                        .formatted(isStreamed, text);
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(url.resolve("/v1/chat/completions"))
                                .header("Authorization", "Bearer " + TOKEN)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
