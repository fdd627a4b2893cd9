package dev.evergate.plugins.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.ModelException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

class OpenAiRedirectTest {
    /** A provider that sends whoever asks to another server, key and all. */
    private static final class Turncoat implements AutoCloseable {
        private final ServerSocket listener =
                new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final AtomicReference<String> head = new AtomicReference<>("");

        Turncoat(int status, URI elsewhere) throws IOException {
            String answer =
                    "HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            .formatted(status, elsewhere);
            Thread.ofVirtual().start(() -> serve(answer));
        }

        private void serve(String answer) {
            try (Socket socket = listener.accept()) {
                byte[] read = new byte[8_192]; // a small request comes in one piece
                int count = socket.getInputStream().read(read);
                head.set(new String(read, 0, Math.max(0, count), StandardCharsets.US_ASCII));
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException over) {
                // the test has what it wants
            }
        }

        URI baseUrl() {
            return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/v1");
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    @Tag("S10")
    void takesTheKeyNowhereElse(int status) throws IOException {
        try (var asker = new Asker();
                var turncoat =
                        new Turncoat(
                                status, URI.create(asker.fake().baseUrl() + "/chat/completions"))) {
            ModelException failure = asker.failure(turncoat.baseUrl());

            assertThat(failure.kind()).isEqualTo(ModelException.Kind.REFUSED);
            assertThat(turncoat.head.get()).contains(Asker.KEY);
            assertThat(asker.fake().requests()).isEmpty();
        }
    }
}
