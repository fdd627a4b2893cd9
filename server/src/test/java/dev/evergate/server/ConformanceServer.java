package dev.evergate.server;

import static dev.evergate.server.WebSocketCase.closing;
import static dev.evergate.server.WebSocketCase.named;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.DynamicTest;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Plays {@link WebSocketCase}s, each on a connection of its own that has said who it is. */
final class ConformanceServer implements AutoCloseable {
    private final TestServer server = new TestServer();

    /** The cases as tests, numbered behind the number of their group. */
    Stream<DynamicTest> run(String group, List<WebSocketCase> cases) {
        return IntStream.range(0, cases.size())
                .mapToObj(
                        i ->
                                DynamicTest.dynamicTest(
                                        group + "." + (i + 1) + " " + cases.get(i).name(),
                                        () -> check(cases.get(i))));
    }

    private void check(WebSocketCase each) throws IOException {
        boolean isOpen = each.isOpenAtItsEnd();
        if (isOpen) {
            each.asks("end").closes(closing(1000, ""));
        }
        try (RawClient client = server.admin()) {
            send(client, each.writes());
            List<String> heard = new ArrayList<>();
            while (heard.isEmpty() || !heard.getLast().startsWith("close")) {
                String said = named(client.readFrame());
                if (!said.isEmpty()) {
                    heard.add(said);
                }
            }
            assertThat(heard).isEqualTo(each.answers());
            assertThat(client.isEnded()).isTrue();
        }
        assertThat(server.faults).isEmpty();
    }

    private static void send(RawClient client, List<byte[]> writes) throws IOException {
        try {
            for (byte[] write : writes) {
                client.send(write);
            }
        } catch (SocketException closed) {
            // It has heard enough; what it says is read all the same.
        }
    }

    @Override
    public void close() throws InterruptedException {
        server.close();
    }
}
