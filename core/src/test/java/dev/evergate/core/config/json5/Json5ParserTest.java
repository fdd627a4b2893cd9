package dev.evergate.core.config.json5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evergate.core.config.ConfigPath;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.math.BigInteger;
import java.util.Random;

/** What JSON5 allows is read, and what it does not allow is told so that a person finds it. */
class Json5ParserTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void readsWhatPeopleWrite() {
        String text =
                """
                // The gateway.
                {
                  gateway: {
                    port: 18789, /* the usual one */
                    'bind': "loopback",
                    allowedOrigins: ['https://a.example', "https://b.example",],
                  },
                  "models": {},
                }
                // end
                """;

        assertThat(Json5Text.parse(text).tree())
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"gateway": {"port": 18789, "bind": "loopback",
                                  "allowedOrigins": ["https://a.example", "https://b.example"]},
                                 "models": {}}
                                """));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1|1",
                "-17|-17",
                "+5|5",
                "0x1F|31",
                "-0XfF|-255",
                ".5|0.5",
                "5.|5.0",
                "1e3|1000.0",
                "1.5E-3|0.0015",
                "2147483648|2147483648",
                "true|true",
                "null|null",
                "'a\\'b'|\"a'b\"",
                "\"\\x41\\u0042\\v\\0\\q\"|\"AB\\u000b\\u0000q\"",
                "[1,[],{},]|[1,[],{}]",
            })
    void readsValues(String json5, String json) {
        assertThat(Json5Text.value(json5)).isEqualTo(JSON.readTree(json));
    }

    @Test
    void readsTheNumbersThatJsonDoesNotKnow() {
        assertThat(Json5Text.value("Infinity").doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Json5Text.value("-Infinity").doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Json5Text.value("+NaN").doubleValue()).isNaN();
        assertThat(Json5Text.value("0xFFFFFFFFFFFFFFFFFF").bigIntegerValue())
                .isEqualTo(new BigInteger("FFFFFFFFFFFFFFFFFF", 16));
    }

    @Test
    void goesOnInTheNextLineAfterABackslash() {
        assertThat(Json5Text.value("'one \\\n two \\\r\n three'").stringValue())
                .isEqualTo("one  two  three");
    }

    @Test
    void readsNamesOfEveryAlphabet() {
        assertThat(
                        Json5Text.parse("{ größe: 1, $a_1: 2, \\u0061b: 3, if: 4 }")
                                .tree()
                                .propertyNames())
                .containsExactly("größe", "$a_1", "ab", "if");
    }

    @Test
    void readsSpaceOfEveryKind() {
        assertThat(Json5Text.parse("\uFEFF{\u00A0a\u2003:\u000B1\f,\u2028// x\u2029b:2}").tree())
                .isEqualTo(JSON.readTree("{\"a\":1,\"b\":2}"));
    }

    @Test
    void takesTheLastOfTwo() {
        assertThat(Json5Text.parse("{a: 1, b: 2, a: {c: 3}}").tree())
                .isEqualTo(JSON.readTree("{\"a\":{\"c\":3},\"b\":2}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|line 1, column 1: the text ends (expected: an object: { … })",
                "[]|line 1, column 1: found \"[\" (expected: an object: { … })",
                "`{\n  a: 1\n  b: 2\n}`|line 3, column 3: found \"b\" (expected: a comma or \"}\")",
                "{a: sk-1}|line 1, column 5: a word without quotes (expected: a value; texts need quotes)",
                "{gpt-4: 1}|line 1, column 5: found \"-\" (expected: a colon after the name)",
                "`{\r\n a: {\r\n b: 1\r\n`|line 2, column 5: an object begins here and never ends (expected: \"}\")",
                "{a: [1|line 1, column 5: a list begins here and never ends (expected: \"]\")",
                "{a: 'x|line 1, column 5: a text begins here and does not end on its line (expected: ')",
                "{a: 1} /* x|line 1, column 8: a comment begins here and never ends (expected: */)",
                "{a: 1} b|line 1, column 8: found \"b\" (expected: nothing more after the closing })",
                "{a: 017}|line 1, column 5: a number with a leading 0 (expected: without)",
                "{a: 1e999}|line 1, column 5: a number that is too large (expected: below 1.7976931348623157E308)",
                "{a: 0xg}|line 1, column 7: found \"g\" (expected: hexadecimal digits)",
                "{a: 12px}|line 1, column 7: found \"p\" (expected: the end of the number)",
                "{a: '\\1'}|line 1, column 7: found \"1\" (expected: one of b f n r t v 0 x u or a sign after \\)",
                "{,}|line 1, column 2: found \",\" (expected: a name or \"}\"; a name"
                        + " with other characters needs quotes)",
                "`{a: '\u0000'}`|line 1, column 6: found the character U+0000 (expected: text; this file is damaged)",
                "{a: 1,, b: 2}|line 1, column 7: found \",\" (expected: a name or \"}\"; a name"
                        + " with other characters needs quotes)",
                "{a: }|line 1, column 5: found \"}\" (expected: a value)",
            })
    void tellsWhereItStopsAndWhatWasExpected(String text, String message) {
        assertThatExceptionOfType(Json5Exception.class)
                .isThrownBy(() -> Json5Text.parse(text))
                .withMessage(message);
    }

    @Test
    void showsNoSecretInItsMessages() {
        String secret = "sk-canary-1234567890";

        for (String text :
                new String[] {
                    "{token: " + secret + "}", "{token: \"" + secret + "\n}", "{" + secret + ": 1}"
                }) {
            Json5Exception failure =
                    catchThrowableOfType(Json5Exception.class, () -> Json5Text.parse(text));
            assertThat(failure).message().doesNotContain("canary").doesNotContain("sk");
        }
        assertThat(Json5Text.parse("{token: \"" + secret + "\"}")).asString().doesNotContain("sk-");
    }

    @Test
    void refusesToGoDeeperThanPeopleDo() {
        String deepest = "{a:" + "[".repeat(63) + "]".repeat(63) + "}";
        String deeper = "{a:" + "[".repeat(64) + "]".repeat(64) + "}";

        assertThat(Json5Text.parse(deepest).tree().isEmpty()).isFalse();
        assertThatExceptionOfType(Json5Exception.class)
                .isThrownBy(() -> Json5Text.parse(deeper))
                .withMessageContaining("65 objects and lists inside each other");
        assertThatExceptionOfType(Json5Exception.class)
                .isThrownBy(() -> Json5Text.parse("{a:" + "[".repeat(2_000_000)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 3_000_000})
    void refusesNumbersThatTakeLongToRead(int digits) {
        assertThatExceptionOfType(Json5Exception.class)
                .isThrownBy(() -> Json5Text.parse("{a: " + "9".repeat(digits) + "}"))
                .withMessageContaining("(expected: at most 1,000)");
    }

    @Test
    void findsThePlaceOfAValueOrWhereItWouldBe() {
        Json5Text text =
                Json5Text.parse(
                        "{\n  gateway: { port: 1, port: 2 },\r\n  list: [ 1,\n    {a: 1} ],\n}");

        assertThat(text.place(ConfigPath.parse("gateway.port"))).isEqualTo(new Place(2, 23));
        assertThat(text.place(ConfigPath.parse("gateway.auth.token"))).isEqualTo(new Place(2, 3));
        assertThat(text.place(ConfigPath.parse("list[1].a"))).isEqualTo(new Place(4, 6));
        assertThat(text.place(ConfigPath.parse("list[7]"))).isEqualTo(new Place(3, 3));
        assertThat(text.place(ConfigPath.parse("other"))).isEqualTo(new Place(1, 1));
        assertThat(text.place(ConfigPath.ROOT)).isEqualTo(new Place(1, 1));
    }

    @Test
    void readsOrRefusesWhateverItIsGiven() {
        Random random = new Random(20261122);
        String seed =
                """
                // c
                {gateway: {"port": 0x1F, 'bind': 'lo\\u0041\\
                x', list: [1, -2.5e3, .5, true, null, NaN, -Infinity,],},/* d */ "a b": {}, }
                """;
        String pieces = "{}[]:,'\"\\/*\n\r\t\0 +-.0x19eEuInfityNaN\u2028\uFEFF\uD83D€$_";

        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder(seed);
            for (int change = random.nextInt(6); change >= 0 && !text.isEmpty(); change--) {
                int at = random.nextInt(text.length());
                char piece = pieces.charAt(random.nextInt(pieces.length()));
                switch (random.nextInt(5)) {
                    case 0 -> text.setCharAt(at, piece);
                    case 1 -> text.insert(at, piece);
                    case 2 -> text.deleteCharAt(at);
                    case 3 -> text.setLength(at + 1);
                    default ->
                            text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
                }
            }
            try {
                assertThat(Json5Text.parse(text.toString()).tree()).isNotNull();
            } catch (Json5Exception refused) {
                assertThat(refused.place().line()).isPositive();
            }
        }
    }
}
