package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Departure;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Many connections move many times, and leave nothing behind. */
class MoveCrowdTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final GatewayEvent.Run RUN =
            new GatewayEvent.Run("k1", "agent:main:main", "s-1", "main");

    private final List<RawClient> clients = new ArrayList<>();

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.count();
        }
    }

    private static int size(String property, int otherwise) {
        return Integer.getInteger("evergate.test." + property, otherwise);
    }

    @Test
    @Tag("I24")
    void movesAThousandConnectionsTwentyTimes() throws Exception {
        int crowd = size("crowd", 1000);
        int moves = size("moves", 20);
        try (Ferry ferry = new Ferry();
                TestServer one = new TestServer();
                TestServer two = new TestServer()) {
            for (int i = 0; i < crowd; i++) {
                clients.add(one.authenticated("operator.read"));
            }
            long before = descriptors();
            long[] tookMs = new long[moves];
            for (int move = 0; move < moves; move++) {
                TestServer from = move % 2 == 0 ? one : two;
                TestServer to = move % 2 == 0 ? two : one;
                long startNanos = one.world.time().nanos();
                move(ferry, from, to, move);
                tookMs[move] = (one.world.time().nanos() - startNanos) / 1_000_000;
            }
            TestServer last = moves % 2 == 0 ? one : two;
            assertThat(last.server.connections()).isEqualTo(crowd);
            Wait.until("the old sockets are closed", () -> descriptors() <= before);
            checkAll(moves);
            System.out.printf("%d connections moved in ms: %s%n", crowd, List.of(boxed(tookMs)));
            for (RawClient client : clients) {
                client.close();
            }
            Wait.until(
                    () -> "no buffer is kept: " + one.server.bufferBytes(),
                    () ->
                            one.server.connections() + two.server.connections() == 0
                                    && one.server.bufferBytes() + two.server.bufferBytes() == 0);
            assertThat(one.faults).isEmpty();
            assertThat(two.faults).isEmpty();
        }
    }

    private static Long[] boxed(long[] all) {
        return java.util.Arrays.stream(all).boxed().toArray(Long[]::new);
    }

    private static void move(Ferry ferry, TestServer from, TestServer to, int move)
            throws Exception {
        try (Departure departure = from.server.depart()) {
            int frozen = departure.freeze(100);
            from.gateway
                    .events()
                    .publish(new GatewayEvent.RunModel(RUN, move + 1, "fake", "echo-1", 1));
            while (frozen > 0) {
                ferry.carryAll(departure, to);
                frozen = departure.freeze(100);
            }
            ferry.carryAll(departure, to);
        }
    }

    private void checkAll(int moves) throws IOException {
        for (RawClient client : clients) {
            for (int seq = 1; seq <= moves; seq++) {
                assertThat(json(client.readText()).path("seq").asInt()).isEqualTo(seq);
            }
            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }
}
