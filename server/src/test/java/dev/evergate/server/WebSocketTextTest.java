package dev.evergate.server;

import static dev.evergate.server.WebSocketCase.named;
import static dev.evergate.server.WebSocketCase.request;
import static dev.evergate.server.WebSocketCase.utf8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Text messages: what is UTF-8 comes back as it was, and what is not ends the connection. */
class WebSocketTextTest {
    private static final int TEXT = 1;
    private static final int WHOLE = Integer.MAX_VALUE;
    private static final int NOT_UTF8 = 1007;

    /** Lone and missing continuations, overlong forms, surrogates, and what is beyond Unicode. */
    private static final String INVALID =
            """
            ff fe 80 bf 8080 80bf80 c0 c1 c2 df e0 e080 e0a0 ef efbf f0 f090 f09080
            f0808080 f08fbfbf f4908080 f5808080 f7bfbfbf f8808080 f888808080 fbbfbfbfbf
            fc8480808080 fdbfbfbfbfbf c080 c1bf e08080 e09fbf eda080 edadbf edae80
            edafbf edb080 edbe80 edbfbf eda080edb080 eda080edbfbf edadbfedb080
            edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf fefeffff
            c220 e2822a f09f992a cebae1bdb9cf83cebcceb5f4908080656469746564 2a80 c3c3
            """;

    private final ConformanceServer server = new ConformanceServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> validText() {
        List<WebSocketCase> cases = new ArrayList<>();
        String[] texts = {
            "Hello-µ@ßöäüàá-UTF-8!!",
            "κόσμε",
            "\u0080",
            "\u07ff",
            "\u0800",
            "\uffff",
            "\ufffe",
            "\ufffd",
            "\ud7ff",
            "\ue000",
            "𐀀",
            "\udbff\udfff",
            "🙂🚀",
            "\ufeffmark",
            "\ufdd0\ufdef",
            "日本語テキスト",
            "\ud83f\udffe\ud83f\udfff",
            "\ud87f\udfff",
            "\udb80\udc00",
            "מבחן",
        };
        for (String text : texts) {
            byte[] whole = request(text, 0);
            String shown = HexFormat.of().formatHex(utf8(text));
            cases.add(named("valid " + shown).asks(text, TEXT, whole, WHOLE));
            cases.add(named("valid " + shown + ", a byte a frame").asks(text, TEXT, whole, 1));
            cases.add(
                    named("valid " + shown + ", a byte at a time")
                            .asks(text, TEXT, whole, WHOLE)
                            .chopped(1));
        }
        return server.run("6", cases);
    }

    @TestFactory
    Stream<DynamicTest> invalidText() {
        List<WebSocketCase> cases = new ArrayList<>();
        for (String sequence : INVALID.strip().split("\\s+")) {
            byte[] bytes = HexFormat.of().parseHex(sequence);
            cases.add(
                    named("invalid " + sequence).frame(true, TEXT, within(bytes)).fails(NOT_UTF8));
            cases.add(
                    named("invalid " + sequence + " in frames of a byte")
                            .asks("never", TEXT, within(bytes), 1)
                            .forgets("answer never")
                            .fails(NOT_UTF8));
            cases.add(
                    named("invalid " + sequence + " at the very end, a byte at a time")
                            .frame(true, TEXT, bytes)
                            .fails(NOT_UTF8)
                            .chopped(1));
        }
        return server.run("6", cases);
    }

    /** These bytes between two halves of a request. */
    private static byte[] within(byte[] bytes) {
        byte[] whole = request("a", 0);
        byte[] all = Arrays.copyOf(whole, whole.length + bytes.length);
        System.arraycopy(bytes, 0, all, 20, bytes.length);
        System.arraycopy(whole, 20, all, 20 + bytes.length, whole.length - 20);
        return all;
    }
}
