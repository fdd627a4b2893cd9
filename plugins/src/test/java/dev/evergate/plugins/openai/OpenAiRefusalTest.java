package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.testkit.model.ModelScript;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

class OpenAiRefusalTest {
    private final Asker asker = new Asker();

    @AfterEach
    void close() {
        asker.close();
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
        asker.fake().next(ModelScript.error(status, code, "the provider's words"));

        ModelException failure = asker.failure();

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
        asker.fake()
                .next(
                        ModelScript.error(
                                429,
                                "rate_limit_exceeded",
                                "slow down",
                                Map.of(header, value, "Date", "Sun, 22 Nov 2026 10:00:00 GMT")));

        assertThat(asker.failure().retryAfter().map(Duration::toMillis).orElse(-1L))
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
        asker.fake()
                .next(
                        ModelScript.events(
                                Asker.text("hi"),
                                "{\"error\":{\"message\":\"oh no\",\"code\":\"" + code + "\"}}"));

        ModelException failure = asker.failure();

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining("oh no");
        assertThat(asker.said()).containsExactly("hi");
    }

    @Test
    void understandsAnErrorEvent() {
        asker.fake()
                .next(
                        ModelScript.stream(
                                "event: error\ndata: {\"message\":\"oh no\",\"code\":429}\n\n"));

        assertThat(asker.failure().kind()).isEqualTo(Kind.RATE_LIMITED);
    }

    @Test
    void understandsErrorsThatAreNoJson() {
        asker.fake()
                .next(reply -> reply.whole(502, "text/html", Map.of(), "<html>Bad gateway</html>"));
        assertThat(asker.failure()).hasMessageContaining("(502)");
        asker.fake()
                .next(reply -> reply.whole(404, "text/plain", Map.of(), "404 page not found\n"));
        assertThat(asker.failure()).hasMessageContaining("it often ends with /v1");
        asker.fake()
                .next(
                        reply ->
                                reply.whole(
                                        500,
                                        "application/json",
                                        Map.of(),
                                        "{\"error\":\"out of memory\"}"));
        assertThat(asker.failure()).hasMessageContaining("out of memory");
        asker.fake()
                .next(reply -> reply.whole(422, "application/json", Map.of(), "{\"detail\":[]}"));
        assertThat(asker.failure().kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void neverShowsASecret() {
        String other = "another-secret-42";
        ModelProviderSettings settings =
                Asker.settings(
                        URI.create(
                                "http://user:pass1234@127.0.0.1:"
                                        + asker.fake().port()
                                        + "/v1?key=zzz"),
                        Asker.KEY,
                        Map.of("X-Key", "Bearer " + other));
        asker.fake()
                .next(
                        ModelScript.error(
                                401,
                                "x",
                                "bad key " + Asker.KEY + " or " + other + "\u001b[31m\nred\u202e"));

        ModelException failure = asker.failure(settings);

        assertThat(failure)
                .hasMessageContaining("bad key (secret) or (secret) [31m red")
                .hasMessageNotContainingAny(Asker.KEY, other, "pass1234", "zzz", "\n", "\u001b");
    }

    @Test
    void namesAHeaderThatCannotBeSentWithoutItsValue() {
        ModelException failure =
                asker.failure(
                        Asker.settings(asker.fake().baseUrl(), "sk-two\nlines-secret", Map.of()));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure)
                .hasMessageContaining("models.providers.test.apiKey")
                .hasMessageNotContaining("lines-secret");

        assertThat(
                        asker.failure(
                                Asker.settings(
                                        asker.fake().baseUrl(),
                                        Asker.KEY,
                                        Map.of("Host", "elsewhere"))))
                .hasMessageContaining("\"Host\"");
    }
}
