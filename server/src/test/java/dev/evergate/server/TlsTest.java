package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.journal.Turn;
import dev.evergate.server.move.Departure;
import dev.evergate.server.tls.TlsKeys;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLSocket;

class TlsTest {
    private static final GatewayEvent.Run RUN =
            new GatewayEvent.Run("k1", "agent:main:main", "s-1", "main");

    @TempDir static Path folder;

    private static TestCertificate first;
    private static TestCertificate second;

    private final TestServer server = new TestServer();

    @BeforeAll
    static void make() {
        first = TestCertificate.make(folder, "first");
        second = TestCertificate.make(folder, "second");
    }

    @BeforeEach
    void secure() {
        secure(first);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private void secure(TestCertificate with) {
        server.server.secure(Optional.of(TlsKeys.load(with.certificate(), with.key())));
    }

    private RawClient connect(TestCertificate trusted) throws IOException {
        return RawClient.connect(server.address, Wait.PATIENCE, trusted.trusting());
    }

    private static SSLSocket encryption(RawClient client) {
        return (SSLSocket) client.socket();
    }

    @Test
    void servesHttpAndWebSocketsEncrypted() throws Exception {
        try (RawClient client = connect(first)) {
            assertThat(encryption(client).getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(client.http("GET", "/healthz").status()).isEqualTo(200);
            assertThat(client.isEnded()).isTrue();
        }
        try (RawClient client = connect(first)) {
            assertThat(client.http("GET", "/").status()).isEqualTo(200);
        }
        try (RawClient client = server.encrypted(first, "operator.admin")) {
            assertThat(call(client, "health", "{}").path("ok").asBoolean()).isTrue();
            client.sendClose();
            assertThat(client.readFrame().closeCode()).isEqualTo(1000);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void speaksNoOldVersionOfTls() throws Exception {
        try (RawClient plain = server.connect();
                SSLSocket old =
                        (SSLSocket)
                                first.trusting()
                                        .getSocketFactory()
                                        .createSocket(plain.socket(), "127.0.0.1", 1, true)) {
            old.setEnabledProtocols(new String[] {"TLSv1.2"});
            old.startHandshake();
            assertThat(old.getSession().getCipherSuite()).contains("ECDHE", "GCM");
        }
        try (RawClient plain = server.connect()) {
            byte[] ssl3 = {22, 3, 0, 0, 5, 1, 0, 0, 1, 0};
            plain.send(ssl3);
            assertThat(plain.isEnded()).isTrue();
        }
    }

    @Test
    void tellsWhoDoesNotEncryptWhatToDo() throws Exception {
        for (String path : List.of("/healthz", "/", "/v1/models")) {
            try (RawClient plain = server.connect()) {
                RawClient.Answer answer = plain.http("GET", path);
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).contains("This port speaks TLS", "https://");
                assertThat(plain.isEnded()).isTrue();
            }
        }
        try (RawClient plain = server.connect()) {
            assertThat(plain.upgrade().status()).isEqualTo(400);
        }
    }

    @Test
    void servesNewConnectionsWithANewCertificateAndKeepsTheOthers() throws Exception {
        try (RawClient before = server.encrypted(first, "operator.admin")) {
            secure(second);

            try (RawClient after = server.encrypted(second, "operator.admin")) {
                assertThat(call(after, "health", "{}").path("ok").asBoolean()).isTrue();
            }
            assertThatThrownBy(() -> connect(first)).isInstanceOf(IOException.class);
            assertThat(call(before, "health", "{}").path("ok").asBoolean()).isTrue();

            server.server.secure(Optional.empty());
            try (RawClient plain = server.admin()) {
                assertThat(call(plain, "health", "{}").path("ok").asBoolean()).isTrue();
            }
            assertThat(call(before, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void sendsBigEventsWholeToEverybodyEncryptedOrNot() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(server.encrypted(first, "operator.read"));
        }
        server.server.secure(Optional.empty());
        for (int i = 0; i < 2; i++) {
            clients.add(server.authenticated("operator.read"));
        }
        for (int round = 1; round <= 20; round++) {
            String text = Integer.toString(round % 10).repeat(9000 + round * 500);
            server.gateway
                    .events()
                    .publish(
                            new GatewayEvent.RunText(
                                    RUN, round, text, text, false, FakeGateway.NOW_MS));
        }
        for (RawClient client : clients) {
            for (int round = 1; round <= 20; round++) {
                String text = Integer.toString(round % 10).repeat(9000 + round * 500);
                assertThat(event(client, "chat").at("/payload/deltaText").asString())
                        .isEqualTo(text);
            }
            client.close();
        }
    }

    @Test
    @Tag("I16")
    void answersProbesWhileHandshakesHang() throws Exception {
        List<RawClient> silent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            silent.add(server.connect().send(new byte[] {22, 3, 1}));
        }
        FairWatch watch = FairWatch.start();
        try (RawClient client = connect(first)) {
            assertThat(client.http("GET", "/healthz").status()).isEqualTo(200);
        }
        assertThat(watch.ms()).isLessThan(2000);
        for (RawClient client : silent) {
            client.close();
        }
    }

    @Test
    @Tag("I42")
    void endsAnEncryptedConnectionThatDoesNotRead() throws Exception {
        RawClient deaf = server.encrypted(first, "operator.read");
        String text = "x".repeat(200_000);
        for (int sent = 1; sent <= 350; sent++) { // 70 MB, more than one buffer
            server.gateway
                    .events()
                    .publish(
                            new GatewayEvent.RunEnded(
                                    RUN, sent, FakeGateway.end("k1", Turn.State.DONE, text, "")));
        }
        Wait.until("the deaf one is cut", () -> server.server.connections() == 0);
        assertThat(deaf.isEnded()).isTrue();
        deaf.close();
    }

    @Test
    @Tag("S6")
    void cutsWhoBeginsToEncryptAndDoesNotGoOn() throws Exception {
        RawClient silent = RawClient.connect(server.address, Wait.PATIENCE);
        RawClient begun = RawClient.connect(server.address, Wait.PATIENCE);
        begun.send(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3}); // a hello that goes on
        RawClient idle = connect(first);
        for (RawClient client : List.of(silent, begun, idle)) {
            client.socket().setSoTimeout(20_000);
        }
        Wait.until("all three are there", () -> server.server.visitors() == 3);
        server.world.forward(10_100);

        assertThat(silent.isEnded()).isTrue();
        assertThat(begun.isEnded()).isTrue();
        assertThat(idle.isEnded()).isTrue();
        Wait.until("nobody is left", () -> server.server.visitors() == 0);
        try (RawClient honest = server.encrypted(first, "operator.admin")) {
            assertThat(call(honest, "health", "{}").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    void endsAStopInTimeWhenAnEncryptedClientIsDeaf() throws Exception {
        RawClient deaf = server.encrypted(first, "operator.read");
        String text = "x".repeat(1 << 20);
        for (int i = 1; i <= 10; i++) {
            server.gateway
                    .events()
                    .publish(
                            new GatewayEvent.RunEnded(
                                    RUN, i, FakeGateway.end("k1", Turn.State.DONE, text, "")));
        }
        for (int i = 0; i < 2; i++) { // one on each loop, behind what is encrypted for the deaf one
            try (RawClient other = server.encrypted(first, "operator.admin")) {
                assertThat(call(other, "health", "{}").path("ok").asBoolean()).isTrue();
            }
        }
        Wait.until("only the deaf one is left", () -> server.server.connections() == 1);
        FairWatch watch = FairWatch.start();
        server.server.stop(server.world.time().deadlineIn(1000));

        assertThat(watch.ms()).isLessThan(1500);
        deaf.close();
    }

    @Test
    void leavesEncryptedConnectionsBehindWhenOthersMove() throws Exception {
        server.server.secure(Optional.empty());
        try (RawClient plain = server.admin()) {
            secure(first);
            try (RawClient encrypted = server.encrypted(first, "operator.admin")) {
                encrypted.sendText("{\"type\":\"req\",\"id\":\"7\",\"method\":\"health\"}");
                assertThat(answer(encrypted, "7").path("ok").asBoolean()).isTrue();
                try (Departure departure = server.server.depart()) {
                    int frozen = departure.freeze(100) + departure.freeze(100);
                    assertThat(frozen).isEqualTo(1);
                    assertThat(departure.remaining()).isZero();
                    assertThat(departure.bound()).isEqualTo(new Departure.Bound(1, 0));
                    assertThat(call(encrypted, "health", "{}").path("ok").asBoolean()).isTrue();
                    departure.takeBack();
                }
                assertThat(call(plain, "health", "{}").path("ok").asBoolean()).isTrue();

                server.server.announceStop("gateway restarting", 1000);
                assertThat(event(encrypted, "shutdown").at("/payload/restartExpectedMs").asLong())
                        .isBetween(1000L, 2000L);
                RawClient.Frame end = encrypted.readClose();
                assertThat(end.closeCode()).isEqualTo(1012);
                assertThat(end.closeReason()).isEqualTo("service restart");
            }
        }
    }
}
