package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.testkit.net.RawClient;

import io.netty.channel.epoll.LinuxSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

class ListenerTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private static int health(InetSocketAddress address) throws IOException {
        try (RawClient client = RawClient.connect(address, TestServer.PATIENCE)) {
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
        RawClient early = RawClient.connect(address, TestServer.PATIENCE);
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
    void saysWhichAddressIsTaken() {
        assertThatThrownBy(() -> server.server.open("again", server.address))
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        taken -> assertThat(taken.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
                .hasMessageContaining(Integer.toString(server.address.getPort()))
                .hasMessageContaining("--port");
    }
}
