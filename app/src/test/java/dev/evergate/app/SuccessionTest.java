package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.FreePort;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** One assembly after the other in this process, and ports that others hold. */
@Tag("I5")
class SuccessionTest {
    private static final String TOKEN = "a-test-token";

    private final RealWorld world = new RealWorld(new FaultHandler());
    private final RestartDesk desk = new RestartDesk(world, FakeDoor::new);
    private final Seat seat = new Seat(_ -> {}, why -> lost = Optional.of(why));
    private final Succession succession = new Succession(world, desk, seat);

    @TempDir Path folder;
    private int port;
    private volatile Optional<EvergateException> lost = Optional.empty();

    @BeforeEach
    void serve() throws Exception {
        port = FreePort.find(world.entropy());
        configure(port);
        StateDirectory state = StateDirectory.at(folder).prepare();
        var arguments = new Arguments(state, state.config(), ConfigOverrides.NONE, false);
        Built first =
                seat.first(
                        new Built.Source(
                                world,
                                arguments,
                                new FakeDoor(),
                                desk,
                                Plugins.installed(),
                                Map.of()));
        seat.sit(first);
        first.assembly().start();
        var _ = first.assembly().enter();
        first.assembly().moved(Phase.RUNNING);
        first.assembly().serve();
    }

    @AfterEach
    void close() throws Exception {
        Built last = succession.settle(world.time().deadlineIn(0));
        var _ = last.assembly().stop(0, 0);
        last.assembly().close();
        succession.awaitGone();
        world.close();
    }

    private void configure(int wanted) throws IOException {
        Files.writeString(
                folder.resolve("evergate.json"),
                "{ gateway: { port: %d, auth: { token: \"%s\" } } }".formatted(wanted, TOKEN));
    }

    private GatewayClient connect(int to) {
        return GatewayClient.connect(URI.create("http://127.0.0.1:" + to), TOKEN);
    }

    private long generation() {
        return seat.serving().assembly().life().generation();
    }

    private void restart() {
        succession.want(new Succession.Wish("a test", world.ids().next()));
    }

    @Test
    void takesThePortOver() {
        try (GatewayClient client = connect(port)) {
            restart();

            assertThat(client.awaitClose().code()).isEqualTo(1012);
        }
        assertThat(generation()).isEqualTo(2);
        connect(port).close();
    }

    @Test
    void keepsASuspension() throws Exception {
        JsonNode held;
        try (GatewayClient client = connect(port)) {
            held = client.call("gateway.suspend.prepare", "{\"requestId\":\"r\"}");
        }

        restart();
        Wait.until("the next one serves", () -> generation() == 2);

        try (GatewayClient client = connect(port)) {
            assertThat(
                            client.call(
                                            "gateway.suspend.status",
                                            "{\"suspensionId\":\"%s\"}"
                                                    .formatted(
                                                            held.path("suspensionId").asString()))
                                    .path("status")
                                    .asString(""))
                    .isEqualTo("ready");
        }
    }

    @Test
    void followsAConfigurationToAnotherPort() throws Exception {
        int next = FreePort.find(world.entropy());
        configure(next);

        restart();

        Wait.until("the next one serves", () -> generation() == 2);
        connect(next).close();
    }

    @Test
    void takesThePortBackWhereTheNextOneCannotListen() throws Exception {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GatewayClient client = connect(port)) {
            configure(other.getLocalPort());

            restart();
            Wait.until("the restart is over", () -> !succession.isUnderWay());

            assertThat(generation()).isEqualTo(1);
            assertThat(client.call("health").path("ok").asBoolean()).isTrue();
            connect(port).close();
            assertThat(lost).isEmpty();
        }
    }

    @Test
    void saysSoWhenThePortIsGoneForGood() throws Exception {
        GatewayAssembly serving = seat.serving().assembly();
        serving.release();
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            succession.takeBack(serving);
        }

        assertThat(lost.orElseThrow().code()).isEqualTo(ErrorCode.ADDRESS_IN_USE);
    }
}
