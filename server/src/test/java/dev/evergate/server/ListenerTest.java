package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import io.netty.channel.epoll.LinuxSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

class ListenerTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private static int health(InetSocketAddress address) throws IOException {
        try (RawClient client = RawClient.connect(address, Wait.PATIENCE)) {
            return client.http("GET", "/healthz").status();
        }
    }

    @Test
    void servesAListenerThatWasOpenedElsewhere() throws Exception {
        // Given: a listening socket, as a keeper would pass it, with a connection in its queue.
        LinuxSocket socket = LinuxSocket.newSocketStream(false);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.listen(16);
        InetSocketAddress address = socket.localAddress();
        RawClient early = RawClient.connect(address, Wait.PATIENCE);
        early.send("GET /healthz HTTP/1.1\r\nHost: localhost:" + address.getPort() + "\r\n\r\n");

        server.server.prepare("second", socket.intValue());
        server.server.accept();

        assertThat(early.readAnswer(false).status()).isEqualTo(200);
        assertThat(health(address)).isEqualTo(200);
        assertThat(health(server.address)).isEqualTo(200);
        early.close();
    }

    @Test
    void retiresAListenerAndKeepsItsConnections() throws Exception {
        try (RawClient client = server.admin()) {
            server.server.retire("control");

            assertThatThrownBy(() -> health(server.address)).isInstanceOf(IOException.class);
            assertThat(TestServer.call(client, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    @Tag("I5")
    void whoeverComesWhileAnotherAddressOfThePortTakesOverIsServed() throws Exception {
        InetSocketAddress wide = new InetSocketAddress("0.0.0.0", server.address.getPort());
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        CompletableFuture<Void> visits =
                CompletableFuture.runAsync(
                        () -> {
                            while (!isOver.get()) {
                                served.addAndGet(isServed() ? 1 : 1_000_000);
                            }
                        });
        for (int round = 0; round < 20; round++) {
            int before = served.get();
            var _ = server.server.bind("wide", wide);
            server.server.accept("wide");
            server.server.retire("control");
            var _ = server.server.bind("control", server.address);
            server.server.accept("control");
            server.server.retire("wide");
            Wait.until("somebody came by", () -> served.get() > before);
        }
        isOver.set(true);
        visits.join();

        assertThat(served.get()).isLessThan(1_000_000);
    }

    private boolean isServed() {
        try {
            return health(server.address) == 200;
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void saysWhichAddressIsTaken() {
        assertThatThrownBy(() -> server.server.open("again", server.address))
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        taken -> assertThat(taken.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
                .hasMessageContaining(Integer.toString(server.address.getPort()))
                .hasMessageContaining("--port");
    }
}
