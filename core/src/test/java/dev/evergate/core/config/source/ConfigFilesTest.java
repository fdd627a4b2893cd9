package dev.evergate.core.config.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigProblem;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;

class ConfigFilesTest {
    @TempDir Path folder;

    @Test
    void readsWhatPeopleWrote() throws IOException {
        write("evergate.json", "// mine\n{ gateway: { port: 19000, }, }");

        ConfigSources sources = read();

        assertThat(sources.resolved()).hasToString("{\"gateway\":{\"port\":19000}}");
        assertThat(sources.texts())
                .containsExactly(Map.entry(root(), "// mine\n{ gateway: { port: 19000, }, }"));
        assertThat(sources.problems()).isEmpty();
        assertThat(sources.watched()).contains(root(), folder.resolve(".env"));
    }

    @Test
    void saysThatTheFileIsMissingAndWhatToWatchFor() {
        assertThat(files(Map.of()).read())
                .isInstanceOf(SourceReading.Missing.class)
                .satisfies(missing -> assertThat(missing.watched()).contains(root()));
    }

    @Test
    void tellsLineAndColumnOfWhatCannotBeParsed() throws IOException {
        write("evergate.json", "{\n  gateway: { port: 1 }\n  agents: {}\n}");

        assertThat(problem().kind()).isEqualTo(ConfigProblem.Kind.UNUSABLE_FILE);
        assertThat(problem().message()).startsWith(root() + ": line 3, column 3");
    }

    @Test
    void takesAnEmptyFileForOneThatIsBeingWritten() throws IOException {
        write("evergate.json", " \n");

        assertThat(problem().message()).contains("it is empty");
    }

    @Test
    void mergesWhatIsIncludedAndLetsWhatStandsBesideWin() throws IOException {
        write(
                "evergate.json",
                "{ $include: ['a.json', 'b/b.json'], gateway: { port: 3 }, agents: { $include: './c.json' } }");
        write("a.json", "{ gateway: { port: 1, bind: 'lan', trustedProxies: ['10.0.0.1'] } }");
        write(
                "b/b.json",
                "{ $include: 'd.json', gateway: { port: 2, trustedProxies: ['10.0.0.2'] } }");
        write("b/d.json", "{ logging: { level: 'debug' } }");
        write("c.json", "{ defaults: { timeoutSeconds: 5 } }");

        ConfigSources sources = read();

        assertThat(sources.resolved().path("gateway"))
                .hasToString(
                        "{\"port\":3,\"bind\":\"lan\",\"trustedProxies\":[\"10.0.0.1\",\"10.0.0.2\"]}");
        assertThat(sources.resolved().path("logging").path("level").asString()).isEqualTo("debug");
        assertThat(
                        sources.resolved()
                                .path("agents")
                                .path("defaults")
                                .path("timeoutSeconds")
                                .asInt())
                .isEqualTo(5);
        assertThat(sources.texts().keySet())
                .containsExactlyInAnyOrder(
                        root(),
                        folder.resolve("a.json"),
                        folder.resolve("b/b.json"),
                        folder.resolve("b/d.json"),
                        folder.resolve("c.json"))
                .startsWith(root());
        assertThat(sources.watched()).containsAll(sources.texts().keySet());
    }

    @Test
    void refusesIncludesInACircle() throws IOException {
        write("evergate.json", "{ $include: 'a.json' }");
        write("a.json", "{\n agents: { $include: 'evergate.json' } }");

        assertThat(problem().message())
                .startsWith(
                        folder.resolve("a.json") + ": line 2, column 12: $include in a circle: ")
                .contains("evergate.json -> ");
    }

    @Test
    @Tag("S15")
    void refusesIncludesThatLeaveTheFolderAlsoByALink() throws IOException {
        Path outside = Files.createTempFile("outside", ".json");
        Files.writeString(outside, "{ gateway: { port: 666 } }");
        Files.createSymbolicLink(folder.resolve("link.json"), outside);

        for (String name :
                new String[] {outside.toString(), "../x.json", "link.json", "a\\u0000b"}) {
            write("evergate.json", "{ $include: '%s' }".formatted(name));
            assertThat(problem().message()).contains("$include of").contains("leads out of");
        }
        Files.delete(outside);
    }

    @Test
    void refusesIncludesThatGoTooDeepOrGrowTooFast() throws IOException {
        write("evergate.json", "{ $include: '0.json' }");
        for (int i = 0; i < 11; i++) {
            write(i + ".json", "{ $include: '%d.json' }".formatted(i + 1));
        }
        write("11.json", "{}");
        assertThat(problem().message()).contains("more than 10 deep");

        write("7.json", "{}");
        for (int i = 0; i < 7; i++) {
            String next = (i + 1) + ".json";
            write(
                    i + ".json",
                    "{ $include: ['%s','%s','%s','%s'] }".formatted(next, next, next, next));
        }
        assertThat(problem().message()).contains("too much is included");
    }

    @Test
    void refusesIncludesThatAreNoFileNames() throws IOException {
        write("evergate.json", "{ agents: { $include: 7 } }");
        assertThat(problem().message()).contains("line 1, column 13: $include is no text");

        write("evergate.json", "{ $include: ['a.json', {}] }");
        write("a.json", "{}");
        assertThat(problem().message()).contains("no text");
    }

    @Test
    void saysWhoIncludesAFileThatIsMissingAndWatchesForIt() throws IOException {
        write("evergate.json", "{ $include: 'gone.json' }");

        assertThat(problem().message())
                .isEqualTo(
                        folder.resolve("gone.json")
                                + ": it is not there, but "
                                + root()
                                + " includes it");
        assertThat(files(Map.of()).read().watched()).contains(folder.resolve("gone.json"));
        assertThat(files(Map.of()).read().texts()).containsOnlyKeys(root());
    }

    @Test
    void putsVariablesWhereTextsNameThem() throws IOException {
        write(
                "evergate.json",
                "{ a: 'x${ONE}y${TWO}', b: '$${ONE}', c: '${one} $ONE ${}', d: ['${ONE}', { e: '${ONE}' }] }");

        ConfigSources sources = read(Map.of("ONE", "$1", "TWO", "2"));

        assertThat(sources.resolved())
                .hasToString(
                        "{\"a\":\"x$1y2\",\"b\":\"${ONE}\",\"c\":\"${one} $ONE ${}\",\"d\":[\"$1\",{\"e\":\"$1\"}]}");
        assertThat(sources.authored().path("a").asString()).isEqualTo("x${ONE}y${TWO}");
    }

    @Test
    void namesThePlaceOfAVariableThatIsNotSetAndLeavesTheRest() throws IOException {
        write(
                "evergate.json",
                "{ gateway: { auth: { token: '${GONE}' }, port: 1 }, l: ['a', '${EMPTY}'] }");

        ConfigSources sources = read(Map.of("EMPTY", ""));

        assertThat(sources.problems())
                .extracting(ConfigProblem::path)
                .containsExactly("gateway.auth.token", "l[1]");
        assertThat(sources.problems().getFirst().message())
                .startsWith("${GONE} is not set (expected: ");
        assertThat(sources.resolved())
                .hasToString("{\"gateway\":{\"auth\":{},\"port\":1},\"l\":[\"a\",null]}");
    }

    @Test
    void takesVariablesFromDotEnvUnlessTheProcessHasThem() throws IOException {
        write(".env", "ONE=file\nTWO=file\n");
        write("evergate.json", "{ a: '${ONE} ${TWO}' }");

        assertThat(read(Map.of("TWO", "process")).resolved())
                .hasToString("{\"a\":\"file process\"}");
    }

    @Test
    void hasAnotherHashWhenOnlyAVariableIsDifferent() throws IOException {
        write("evergate.json", "{ a: '${ONE}' }");

        String hash = read(Map.of("ONE", "1")).hash();

        assertThat(read(Map.of("ONE", "2")).hash()).isNotEqualTo(hash);
        assertThat(read(Map.of("ONE", "1")).hash()).isEqualTo(hash);
    }

    @Test
    void readsAsIfATextWereInItsFile() throws IOException {
        write("evergate.json", "{ broken");
        write("a.json", "{ a: 1 }");

        SourceReading reading =
                files(Map.of()).read(Map.of(root(), "{ $include: 'a.json', b: 2 }"));

        assertThat(reading)
                .isInstanceOfSatisfying(
                        SourceReading.Read.class,
                        read ->
                                assertThat(read.sources().resolved())
                                        .hasToString("{\"a\":1,\"b\":2}"));
    }

    @Test
    void watchesEveryLinkOnTheWay() throws IOException {
        // As a mounted volume does it: the file leads through a link that is turned as a whole.
        write("..2026/evergate.json", "{}");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026"));
        Files.createSymbolicLink(root(), Path.of("..data/evergate.json"));

        assertThat(read().watched())
                .contains(root(), folder.resolve("..data"), folder.resolve("..2026/evergate.json"));
    }

    @Test
    @Tag("I33")
    @Tag("G1")
    void readsAgainWhatWasWrittenWhileItWasRead() throws IOException {
        write("evergate.json", "{ $include: 'part.json', a: 0 }");

        SourceReading reading = files(Map.of()).read(new Meddling(3));

        assertThat(reading)
                .isInstanceOfSatisfying(
                        SourceReading.Read.class,
                        read -> assertThat(read.sources().resolved()).hasToString("{\"a\":3}"));
    }

    @Test
    @Tag("I33")
    @Tag("G1")
    void leavesForLaterWhatIsWrittenAllTheTime() throws IOException {
        write("evergate.json", "{ $include: 'part.json', a: 0 }");

        assertThat(files(Map.of()).read(new Meddling(100)))
                .isInstanceOfSatisfying(
                        SourceReading.Unusable.class,
                        unusable ->
                                assertThat(unusable.problem().message())
                                        .isEqualTo(root() + ": it changes while it is read"));
    }

    /** Somebody who edits the file after it was read and before what it includes is. */
    private final class Meddling extends AbstractMap<Path, String> {
        private final int times;
        private int done;

        private Meddling(int times) {
            this.times = times;
        }

        @Override
        public @Nullable String get(Object file) {
            if (!file.equals(folder.resolve("part.json"))) {
                return super.get(file);
            }
            if (done < times) {
                done++;
                try {
                    write("evergate.json", "{ $include: 'part.json', a: %d }".formatted(done));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return "{}";
        }

        @Override
        public Set<Entry<Path, String>> entrySet() {
            return Set.of();
        }
    }

    private ConfigProblem problem() {
        return ((SourceReading.Unusable) files(Map.of()).read()).problem();
    }

    private ConfigSources read() {
        return read(Map.of());
    }

    private ConfigSources read(Map<String, String> environment) {
        return ((SourceReading.Read) files(environment).read()).sources();
    }

    private ConfigFiles files(Map<String, String> environment) {
        return new ConfigFiles(root(), environment, SecretCommands.NONE);
    }

    private Path root() {
        return folder.resolve("evergate.json");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
