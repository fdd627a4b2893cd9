package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.cli.wire.HealthProbe;
import dev.evergate.app.cli.wire.Trust;
import dev.evergate.app.cli.wire.WebSocketStream;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.net.TestCertificate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Whom the command line tells its secret: one test server that speaks TLS and knows one answer. */
class TrustTest {
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"live\":true}";

    @TempDir static Path folder;

    private static TestCertificate certificate;

    private final RealWorld world = new RealWorld(_ -> {});
    private SSLServerSocket listener;

    @BeforeAll
    static void make() {
        certificate = TestCertificate.make(folder, "it");
    }

    @BeforeEach
    void listen() throws IOException {
        listener =
                (SSLServerSocket)
                        certificate
                                .serving()
                                .getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        world.tasks().start("server", this::serve);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        world.close();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (SSLSocket client = (SSLSocket) listener.accept()) {
                int _ = client.getInputStream().read(new byte[1000]);
                client.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException _) {
                // Whoever does not trust us goes away.
            }
        }
    }

    private URI url(String host) {
        return URI.create("wss://" + host + ":" + listener.getLocalPort() + "/");
    }

    private Trust pin(String fingerprint) {
        return Trust.in(fingerprint).orElseThrow();
    }

    @Test
    void talksToTheOneWhoseCertificateIsPinnedByAnyName() {
        Trust pinned = pin(certificate.fingerprint());

        assertThat(new HealthProbe(world).ask(url("127.0.0.1"), pinned)).isPresent();
        assertThat(new HealthProbe(world).ask(url("127.0.0.2"), pinned)).isEmpty(); // not there
        assertThat(new HealthProbe(world).ask(url("localhost"), pinned)).isPresent();
    }

    @Test
    void talksToNobodyElse() {
        Trust other = pin("00".repeat(32));

        assertThat(new HealthProbe(world).ask(url("127.0.0.1"), other)).isEmpty();
        assertThat(new HealthProbe(world).ask(url("localhost"), Trust.SYSTEM)).isEmpty();
        assertThatThrownBy(
                        () ->
                                WebSocketStream.open(
                                        url("127.0.0.1"),
                                        other,
                                        world,
                                        world.time().deadlineIn(5000)))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining("has the fingerprint " + certificate.fingerprint());
    }

    @Test
    void readsFingerprintsAsToolsShowThem() {
        Trust plain = pin("ab".repeat(32));

        assertThat(Trust.in(" sha256 Fingerprint=AB")).isEmpty();
        assertThat(Trust.in("AB:".repeat(31) + "AB")).contains(plain);
        assertThat(Trust.in("sha256:" + "AB".repeat(32))).contains(plain);
        assertThat(Trust.in("SHA-256=" + "ab".repeat(32) + " ")).contains(plain);
        assertThat(Trust.in("")).isEmpty();
    }
}
