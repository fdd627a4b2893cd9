package dev.evergate.core.config.json5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.evergate.core.config.ConfigPath;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is meant changes, and everything else stays as people wrote it. */
class Json5EditTest {
    private static final String WRITTEN =
            """
            // My gateway.
            {
              gateway: {
                port: 0x4965, // the usual one
                bind: 'loopback',
              },

              models: {
                providers: {
                  "local.one": { api: "ollama", models: [] }, // at home
                },
              },
              // agents: {}
            }
            """;

    @Test
    void setsAValueInItsPlaceAndItsQuotes() {
        assertThat(set(WRITTEN, "gateway.bind", "'lan'"))
                .isEqualTo(WRITTEN.replace("'loopback'", "'lan'"));
    }

    @Test
    void leavesAValueThatIsAlreadyMeantAsItIsWritten() {
        Json5Text text = Json5Text.parse(WRITTEN);

        assertThat(text.set(ConfigPath.parse("gateway.port"), Json5Text.value("18789")))
                .isSameAs(text);
        assertThat(text.meaning(text.tree())).isSameAs(text);
        assertThat(text.unset(ConfigPath.parse("gateway.mode"))).isSameAs(text);
    }

    @Test
    void addsBehindTheLastWithWhatIsSaidAboutIt() {
        assertThat(
                        set(
                                WRITTEN,
                                "models.providers.remote",
                                "{api: 'openai-completions', models: [1]}"))
                .isEqualTo(
                        WRITTEN.replace(
                                "// at home\n",
                                """
                                // at home
                                      remote: {
                                        api: 'openai-completions',
                                        models: [1],
                                      },
                                """));
    }

    @Test
    void addsWhatIsMissingOnTheWay() {
        assertThat(set("{}\n", "gateway.auth.token", "'t'"))
                .isEqualTo(
                        """
                        {
                          gateway: {
                            auth: {
                              token: "t",
                            },
                          },
                        }
                        """);
        assertThat(set("{\n  // nothing yet\n}", "list[0].a", "1"))
                .isEqualTo(
                        """
                        {
                          // nothing yet
                          list: [
                            {
                              a: 1,
                            },
                          ],
                        }""");
    }

    @Test
    void writesAsTheTextIsWritten() {
        String strict = "{\r\n\t\"a\": {\r\n\t\t\"b\": \"it's\"\r\n\t}\r\n}\r\n";

        assertThat(set(strict, "a.c", "['x', {y: null}]"))
                .isEqualTo(
                        """
                        {
                        \t"a": {
                        \t\t"b": "it's",
                        \t\t"c": [
                        \t\t\t"x",
                        \t\t\t{
                        \t\t\t\t"y": null
                        \t\t\t}
                        \t\t]
                        \t}
                        }
                        """
                                .replace("\n", "\r\n"));
        assertThat(unset(set(strict, "a.c", "['x', {y: null}]"), "a.c")).isEqualTo(strict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ a: 1, b: 2 }|c|3|{ a: 1, b: 2, c: 3 }",
                "{a:1,}|c|{d:[1,2]}|{a:1, c: { d: [1, 2] },}",
                "{ a: 1 /* one */ }|b|2|{ a: 1, /* one */ b: 2 }",
                "{a: {}}|a.b|1|{a: { b: 1 }}",
                "{ /* none */ }|a|1|{ /* none */ a: 1 }",
                "{a: [1, 2]}|a[2]|3|{a: [1, 2, 3]}",
                "{a: 'x'}|a.b|1|{a: { b: 1 }}",
                "{a: 1, a: 2}|a|3|{a: 1, a: 3}",
                "{a: [1, [2, /* c */ 3], 4]}|a|[0, 1, [2, 5], 4]|{a: [0, 1, [2, 5], 4]}",
                "{a: [1, [2, /* c */ 3], 4]}|a|[1, [2, 5], 4]|{a: [1, [2, /* c */ 5], 4]}",
                "{a: [1, 2, 3, 4]}|a|[1, 4]|{a: [1, 4]}",
                "{a: [1, /* two */ 2]}|a|[0, 1, 2]|{a: [0, 1, /* two */ 2]}",
            })
    void addsOnTheSameLineWhereTheOthersAre(
            String before, String path, String value, String after) {
        assertThat(set(before, path, value)).isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ a: 1, b: 2 }|a|{ b: 2 }",
                "{ a: 1, b: 2 }|b|{ a: 1 }",
                "{a: 1, b: 2}|b|{a: 1}",
                "{ a: 1, b: 2, }|b|{ a: 1, }",
                "{a:1}|a|{}",
                "{a: 1, b: 2, a: 3}|a|{b: 2}",
                "{a: [1, 2, 3]}|a[1]|{a: [1, 3]}",
                "{ a: 1 /* one */, b: 2 }|a|{ /* one */ b: 2 }",
                "`{\n  a: 1, // one\n  b: 2 // two\n}`|b|`{\n  a: 1 // one\n  // two\n}`",
                "`{\n  a: 1,\n\n  // about b\n  b: {\n    c: 1,\n  },\n}`|b|`{\n  a: 1,\n\n  // about b\n}`",
                "`{\n  a: {\n    b: 1,\n    c: 2,\n  },\n}`|a.b|`{\n  a: {\n    c: 2,\n  },\n}`",
            })
    void takesAwayTheValueAndItsLineButNoRemark(String before, String path, String after) {
        assertThat(unset(before, path)).isEqualTo(after);
    }

    @Test
    void exchangesAllOfABlock() {
        assertThat(merged("{ a: 1, b: 2 }", "{a: null, b: null, c: 3}")).isEqualTo("{ c: 3 }");
        assertThat(merged("{\n  a: 1, // x\n  b: 2\n}", "{a: null, b: null, c: 3, d: 4}"))
                .isEqualTo("{\n  c: 3,\n  d: 4 // x\n}");
    }

    @Test
    void mergesAsThePatchSays() {
        assertThat(
                        merged(
                                WRITTEN,
                                """
                                {gateway: {bind: null, port: 1, mode: "local"},
                                 models: {providers: {"local.one": {models: [{id: "m", x: null}]}}}}
                                """))
                .isEqualTo(
                        WRITTEN.replace("0x4965", "1")
                                .replace("bind: 'loopback'", "mode: 'local'")
                                .replace("models: []", "models: [{ id: \"m\", x: null }]")
                                .replace("\"m\"", "'m'"));
    }

    @Test
    void replacesWhereThePatchIsNotToBeMerged() {
        String text = "{ a: { b: 1, c: 2 }, d: { e: 1 } }";

        assertThat(merged(text, "{a: {b: 3, x: null}, d: {f: 1}}", "a"))
                .isEqualTo("{ a: { b: 3 }, d: { e: 1, f: 1 } }");
    }

    @Test
    void writesEveryCharacterSoThatItComesBack() {
        for (String text :
                new String[] {
                    "a\"b'c\\d", "\n\t\r\0\u001F\u007F\u2028\uFEFF", "€ 😀 \uD83D", "\uDE00x"
                }) {
            ObjectNode value = JsonNodeFactory.instance.objectNode().put("v" + text, text);
            for (String around : new String[] {"{a: ''}", "{\"a\": \"\"}", "{'a': ''}"}) {
                Json5Text changed = Json5Text.parse(around).set(ConfigPath.parse("b"), value);
                assertThat(Json5Text.parse(changed.text()).tree().path("b")).isEqualTo(value);
            }
        }
    }

    @Test
    void saysWhyAPlaceCannotBe() {
        Json5Text text = Json5Text.parse("{list: [1], object: {}}");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> text.set(ConfigPath.parse("list[3]"), Json5Text.value("1")))
                .withMessage("list[3]: list is a list; its next place is [1]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text.set(ConfigPath.parse("list.a"), Json5Text.value("1")))
                .withMessage("list.a: list is a list (expected: a place such as [0])");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text.set(ConfigPath.parse("object[0].a"), Json5Text.value("1")))
                .withMessage("object[0].a: object is an object (expected: a name)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text.set(ConfigPath.ROOT, Json5Text.value("1")))
                .withMessageContaining("(expected: an object)");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                text.set(
                                        ConfigPath.parse("a.".repeat(99_999) + "a"),
                                        Json5Text.value("1")));
    }

    @Test
    void refusesToWriteDeeperThanItWouldRead() {
        JsonNode deep = Json5Text.parse("{a:" + "[".repeat(63) + "]".repeat(63) + "}").tree();
        Json5Text text = Json5Text.parse("{}");

        assertThatExceptionOfType(Json5Exception.class)
                .isThrownBy(() -> text.set(ConfigPath.parse("a"), deep));
    }

    @Test
    void changesALargeTextInTimeThatGrowsWithIt() {
        StringBuilder text = new StringBuilder("{\n");
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        for (int index = 0; index < 100_000; index++) {
            text.append("  k%d: %d, // %d\n".formatted(index, index, index));
            patch.put("k" + (index * 2), -1);
        }
        Json5Text large = Json5Text.parse(text.append("}").toString());

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(large.merge(patch, Set.of()).tree()).hasSize(150_000));
    }

    private static String set(String text, String path, String value) {
        return Json5Text.parse(text).set(ConfigPath.parse(path), Json5Text.value(value)).text();
    }

    private static String unset(String text, String path) {
        return Json5Text.parse(text).unset(ConfigPath.parse(path)).text();
    }

    private static String merged(String text, String patch, String... replaced) {
        Set<ConfigPath> paths =
                Stream.of(replaced).map(ConfigPath::parse).collect(Collectors.toSet());
        return Json5Text.parse(text).merge(Json5Text.parse(patch).tree(), paths).text();
    }
}
