package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelAnswer.Stop;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.testkit.model.ModelScript;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;

class OpenAiFailureTest {
    private final Asker asker = new Asker();

    @AfterEach
    void close() {
        asker.close();
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        ModelException failure = asker.failure(URI.create("http://127.0.0.1:" + port + "/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageContaining("\"test\" at http://127.0.0.1:" + port + "/v1")
                .hasMessageContaining("connection refused");
    }

    @Test
    void saysThatTheNameIsUnknown() {
        ModelException failure = asker.failure(URI.create("http://no-such-host.invalid/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("\"no-such-host.invalid\" cannot be resolved");
    }

    @Test
    void saysThatTlsFailed() {
        ModelException failure =
                asker.failure(URI.create("https://127.0.0.1:" + asker.fake().port() + "/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure).hasMessageContaining("TLS failed");
    }

    @Test
    void saysThatTheAddressIsNone() {
        for (String address : List.of("ftp://host/v1", "nothing", "http:///v1")) {
            ModelException failure = asker.failure(URI.create(address));

            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure).hasMessageContaining("models.providers.test.baseUrl");
        }
    }

    @Test
    void givesUpWhenNothingComes() {
        asker.fake().next(ModelScript.silence());

        ModelException failure = asker.failure();

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageContaining("no answer within 700 ms")
                .hasMessageContaining("timeoutSeconds");
        asker.assertClosedEarly();
    }

    @Test
    void givesUpWhenTheStreamFallsSilent() {
        asker.fake().next(ModelScript.silenceAfter(2));

        ModelException failure = asker.failure();

        assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
        assertThat(failure).hasMessageContaining("silent for 700 ms");
        assertThat(asker.said()).containsExactly("w1", " w2");
        asker.assertClosedEarly();
    }

    @Test
    void waitsForASlowFirstByteWithinTheLimit() throws ModelException {
        asker.fake().next(ModelScript.slow(300, ModelScript.text("late")));

        assertThat(asker.ask().stop()).isEqualTo(Stop.COMPLETE);
    }

    @Test
    void countsKeepAlivesAsLife() throws ModelException {
        asker.fake()
                .next(
                        reply -> {
                            reply.begin();
                            for (int i = 0; i < 6; i++) {
                                reply.pause(250).raw(": still thinking\n\n");
                            }
                            ModelScript.events().play(reply);
                        });
        asker.fake().next(ModelScript.echo());

        // The script's own end is broken; what counts is that it was waited for.
        assertThat(asker.failure()).hasMessageNotContainingAny("silent", "no answer");
    }

    @Test
    void saysThatAStreamWasCut() {
        for (ModelScript script : List.of(ModelScript.cutAfter(2), ModelScript.stopShortAfter(2))) {
            asker.forget();
            asker.fake().next(script);

            ModelException failure = asker.failure();

            assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
            assertThat(asker.said()).containsExactly("w1", " w2");
        }
    }

    /** A reset may overtake what was sent before it: then the answer never began. */
    @Test
    void saysThatAStreamWasResetSoThatItMayBeAskedAgain() {
        asker.fake().next(ModelScript.resetAfter(2));

        assertThat(asker.failure().kind()).isIn(Kind.BROKEN, Kind.UNREACHABLE);
    }

    @Test
    void saysThatTheConnectionClosedWithoutAnAnswer() {
        asker.fake().next(reply -> reply.cut());

        assertThat(asker.failure().kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void saysThatTheAnswerIsNotUnderstandable() {
        asker.fake().next(ModelScript.invalidJson());

        ModelException failure = asker.failure();

        assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
        assertThat(failure).hasMessageContaining("not understandable");
    }

    @Test
    void saysThatAWebPageAnswers() {
        asker.fake().next(reply -> reply.whole(200, "text/html", Map.of(), "<!doctype html><p>Hi"));

        ModelException failure = asker.failure();

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessageContaining("a web page answers there");
    }

    @Test
    void saysThatTheAnswerIsEmptyOrSomethingElse() {
        asker.fake().next(reply -> reply.whole(200, "application/json", Map.of(), ""));
        assertThat(asker.failure()).hasMessageContaining("the answer is empty");
        asker.fake().next(reply -> reply.whole(200, "application/json", Map.of(), "{\"ok\":true}"));
        assertThat(asker.failure()).hasMessageContaining("JSON that is no completion");
    }
}
