package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Messages that are JSON at first sight only, or more than anybody means. */
@Tag("S19")
class HostileJsonTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    static List<byte[]> values() {
        return List.of(
                ascii("1" + "0".repeat(1000)),
                ascii("0." + "1".repeat(1000)),
                ascii("[1e" + "9".repeat(1000) + "]"),
                ascii("[".repeat(64) + "]".repeat(64)),
                ascii("[" + "{},".repeat(50_000) + "1]"),
                new byte[] {'"', (byte) 0xed, (byte) 0xb7, (byte) 0xb7, '"'},
                new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'},
                new byte[] {'"', (byte) 0xff, '"'});
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Binary: there the codec does not look at the characters. */
    private static byte[] frame(String method, byte[] value) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(
                ascii(
                        "{\"type\":\"req\",\"id\":\"q\",\"method\":\"%s\",\"params\":{\"sessionKey\":"
                                .formatted(method)));
        text.writeBytes(value);
        text.writeBytes(ascii("}}"));
        return RawClient.frame(true, 2, text.toByteArray());
    }

    @ParameterizedTest
    @MethodSource("values")
    void areNotAnswered(byte[] value) throws Exception {
        try (RawClient client = server.admin()) {
            client.send(frame("chat.history", value));
            client.sendText("{\"type\":\"req\",\"id\":\"next\",\"method\":\"health\"}");

            assertThat(TestServer.json(client.readText()).path("id").asString(""))
                    .isEqualTo("next");
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void endTheConnectionOfAStranger(byte[] value) throws Exception {
        try (RawClient client = server.greeted()) {
            client.send(frame("connect", value));

            assertThat(client.readClose().closeCode()).isIn(1000, 1009);
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void areRefusedAsBodies(byte[] value) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(ascii("{\"tool\":\"agents_list\",\"args\":{\"a\":"));
        body.writeBytes(value);
        body.writeBytes(ascii("}}"));
        try (RawClient client = server.connect()) {
            client.send(
                    "POST /tools/invoke HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\n"
                                    .formatted(server.address.getPort(), FakeGateway.TOKEN)
                            + "Content-Length: %d\r\n\r\n".formatted(body.size()));
            client.send(body.toByteArray());

            assertThat(client.readAnswer(false).status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-16"})
    void anotherEncodingIsNoJson(String charset) throws Exception {
        String text = "{\"type\":\"req\",\"id\":\"q\",\"method\":\"connect\",\"params\":{}}";
        try (RawClient client = server.greeted()) {
            client.send(RawClient.frame(true, 2, text.getBytes(Charset.forName(charset))));

            assertThat(client.readClose().closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void whatIsStillMeantIsTaken() throws Exception {
        String deep = "[".repeat(61) + "]".repeat(61);
        String many = "[" + "{},".repeat(49_000) + "1]";
        try (RawClient client = server.admin()) {
            String params =
                    "{\"sessionKey\":\"\u20ac\",\"deep\":%s,\"many\":%s}".formatted(deep, many);

            assertThat(TestServer.call(client, "health", params).path("ok").asBoolean()).isTrue();
        }
    }
}
