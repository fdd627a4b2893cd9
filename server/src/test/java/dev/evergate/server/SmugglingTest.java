package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Requests that a proxy could read in another way than the gateway: each is refused, and whatever
 * is hidden behind one is never answered, because a connection is one request.
 */
@Tag("S19")
class SmugglingTest {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d+)");
    private static final String HIDDEN = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n";
    private static final String BODY = "{\"tool\":\"agents_list\"}";
    private static final String CHUNKED = "16\r\n" + BODY + "\r\n0\r\n\r\n";

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /** Everything the server says to these bytes until it closes. */
    private String say(String bytes) throws IOException {
        String own = bytes.replace("PORT", Integer.toString(server.address.getPort()));
        try (RawClient client = server.connect()) {
            client.send(own.getBytes(StandardCharsets.ISO_8859_1));
            return new String(
                    client.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String post(String headers) {
        return "POST /tools/invoke HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer "
                + FakeGateway.TOKEN
                + "\r\n"
                + headers
                + "\r\n";
    }

    private static String get(String head) {
        return "GET /healthz HTTP/1.1\r\n" + head + "\r\n";
    }

    private static void assertRefused(String said) {
        assertThat(STATUS.matcher(said).results().map(found -> found.group(1)))
                .as(said)
                .containsExactly("400");
    }

    @Test
    void whatIsClearIsAnswered() throws Exception {
        assertThat(say(post("Content-Length: 22\r\n") + BODY)).startsWith("HTTP/1.1 200");
        assertThat(say(post("Transfer-Encoding: chunked\r\n") + CHUNKED))
                .startsWith("HTTP/1.1 200");
        assertThat(say(get("Host: 127.0.0.1:PORT\r\n"))).startsWith("HTTP/1.1 200");
    }

    @Test
    void aSecondRequestOnAConnectionIsNotAnswered() throws Exception {
        String said = say(HIDDEN + HIDDEN);

        assertThat(STATUS.matcher(said).results()).as(said).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                "Content-Length: 22\r\nContent-Length: 3\r\n",
                "Content-Length: 22\r\nContent-Length: 22\r\n",
                "Content-Length: 22, 22\r\n",
                "Content-Length: +22\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 0x16\r\n",
                "Content-Length: 2 2\r\n",
                "Content-Length: \r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length : 22\r\n",
                "Content-Length:\r\n 22\r\n"
            })
    void lengthsThatCanBeReadInTwoWays(String headers) throws Exception {
        assertRefused(say(post(headers) + BODY + HIDDEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: chunked, chunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: \"chunked\"\r\n",
                "Transfer-Encoding: \u000bchunked\r\n",
                "Transfer-Encoding: chunked\u0000\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding:\r\n chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"
            })
    void encodingsThatCanBeReadInTwoWays(String headers) throws Exception {
        assertRefused(say(post(headers) + CHUNKED + HIDDEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fffffffffffffffff\r\n",
                "-1\r\n",
                "0x16\r\n{\"tool\":\"agents_list\"}\r\n0\r\n\r\n",
                "16\n{\"tool\":\"agents_list\"}\n0\n\n",
                "16\r\n{\"tool\":\"agents_list\"}XX0\r\n\r\n"
            })
    void chunksThatCanBeReadInTwoWays(String chunks) throws Exception {
        assertRefused(say(post("Transfer-Encoding: chunked\r\n") + chunks + HIDDEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n",
                "Host: evil.example\r\nHost: 127.0.0.1:PORT\r\n",
                "Host: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\n",
                "Host : 127.0.0.1:PORT\r\n",
                " Host: 127.0.0.1:PORT\r\n",
                "Host: 127.0.0.1:PORT\r\nX: a\nY: b\r\n",
                "Host: 127.0.0.1:PORT\r\nX: a\rY: b\r\n",
                "Host: 127.0.0.1:PORT\r\nX: a\u0000b\r\n",
                "Host: 127.0.0.1:PORT\r\nX\u0000Y: a\r\n",
                "Host: 127.0.0.1:PORT\r\nX(Y): a\r\n",
                "Host: 127.0.0.1:PORT\r\nX\u00ff: a\r\n",
                "Host: 127.0.0.1:PORT\r\n: a\r\n",
                "Host: 127.0.0.1:PORT\r\ngarbage\r\n"
            })
    void headsThatCanBeReadInTwoWays(String head) throws Exception {
        assertRefused(say(get(head)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 22\r\nContent-Length: 3\r\n",
                "Content-Length: 22\r\nContent-Length: nothing\r\n",
                "Content-Length: 22\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Content-Length: 22, 22\r\n",
                "Content-Length: +22\r\n"
            })
    void lengthsThatAnOlderVersionReadsInAnotherWay(String headers) throws Exception {
        String older = post(headers).replace("HTTP/1.1", "HTTP/1.0");

        assertRefused(say(older + BODY + HIDDEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  /healthz HTTP/1.1",
                "GET /healthz  HTTP/1.1",
                "GET\t/healthz HTTP/1.1",
                "GET /healthz\u000bHTTP/1.1",
                "GET /healthz\rHTTP/1.1",
                "GET /healthz HTTP/1.1 ",
                "GET /healthz HTTP/1.2",
                "GET /healthz HTTP/2.0",
                "GET /healthz http/1.1",
                "GET /healthz HTTP/01.1",
                "GET /healthz",
                "GET HTTP/1.1",
                "G\u0000T /healthz HTTP/1.1",
                "G(T /healthz HTTP/1.1"
            })
    void firstLinesThatCanBeReadInTwoWays(String line) throws Exception {
        assertRefused(say(line + "\r\nHost: 127.0.0.1:PORT\r\n\r\n" + HIDDEN));
    }

    @Test
    void aHandshakeWithABodyIsNoneAndItsBodyIsNoFrame() throws Exception {
        String handshake =
                """
                GET / HTTP/1.1
                Host: 127.0.0.1:PORT
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==
                """
                        .replace("\n", "\r\n");

        assertRefused(say(handshake + "Content-Length: 5\r\n\r\nHELLO"));
        assertRefused(say(handshake + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    }
}
