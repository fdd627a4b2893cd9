package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

@Tag("I34")
class StartConfigTest {
    private static final String TOKEN = "auth: { token: \"a-test-token\" }";

    @TempDir Path folder;
    private final RealWorld world = new RealWorld(Throwable::printStackTrace);
    private Path file;
    private ConfigFiles files;
    private ConfigHistory history;
    private ConfigOverrides overrides = ConfigOverrides.NONE;

    @BeforeEach
    void open() {
        file = folder.resolve("evergate.json");
        files = new ConfigFiles(file, Map.of("SET", "x"), SecretCommands.NONE);
        history = new ConfigHistory(folder.resolve("data/config"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void takesTheFileAsItStands() throws Exception {
        write("{ gateway: { port: 1111, %s } }");

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.mode()).isEqualTo(StartMode.NORMAL);
        assertThat(start.snapshot().gateway().port()).isEqualTo(1111);
        assertThat(start.snapshot().generation()).isEqualTo(1);
        assertThat(start.problems()).isEmpty();
        assertThat(start.notices()).isEmpty();
    }

    @Test
    void writesAFirstConfigurationWhereThereNeverWasOne() throws Exception {
        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.snapshot().gateway().port()).isEqualTo(18_789);
        assertThat(start.snapshot().gateway().auth().secret().reveal()).hasSizeGreaterThan(20);
        assertThat(Files.readString(file))
                .contains(start.snapshot().gateway().auth().secret().reveal());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void keepsGoodValuesInThePlaceOfBadOnes() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        write("{ gateway: { port: \"many\", bind: \"127.0.0.2\", %s } }");

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.snapshot().gateway().port()).isEqualTo(1111);
        assertThat(start.snapshot().gateway().bindHost()).isEqualTo("127.0.0.2");
        assertThat(start.problems()).hasSize(1);
        assertThat(start.problems().getFirst().path()).isEqualTo("gateway.port");
        assertThat(start.snapshot().generation()).isEqualTo(2);
    }

    @Test
    void keepsGoodValuesAlsoOverSeveralStarts() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, bind: \"127.0.0.2\", %s } }");
        keep(Entry.State.PROVEN, "{ gateway: { port: \"many\", bind: \"127.0.0.2\", %s } }");
        keep(Entry.State.PROVEN, "{ gateway: { port: \"many\", bind: \"nowhere\", %s } }");

        assertThat(choose(StartMode.NORMAL).snapshot().gateway().port()).isEqualTo(1111);
        assertThat(choose(StartMode.LAST_GOOD).snapshot().gateway().port()).isEqualTo(1111);

        Files.writeString(file, "{");
        StartConfig start = choose(StartMode.NORMAL);
        assertThat(start.snapshot().gateway().port()).isEqualTo(1111);
        assertThat(start.snapshot().gateway().bindHost()).isEqualTo("127.0.0.2");
        assertThat(start.snapshot().generation()).isEqualTo(3);
    }

    @Test
    @Tag("I35")
    void doesNotTryFilesAgainThatWereTakenBack() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        write("{ gateway: { port: 3333, %s } }");
        keep(Entry.State.ROLLED_BACK, "{ gateway: { port: 3333, %s } }");

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.snapshot().gateway().port()).isEqualTo(1111);
        assertThat(start.shunnedHash()).isNotEmpty();
        assertThat(start.problems().getFirst().message()).contains("was taken back");
        write("{ gateway: { port: 4444, %s } }");
        assertThat(choose(StartMode.NORMAL).snapshot().gateway().port()).isEqualTo(4444);
    }

    @Test
    void keepsTheGoodSecretWhereAVariableIsGone() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        write("{ gateway: { port: 2222, auth: { token: \"${GONE}\" } } }");

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.snapshot().gateway().port()).isEqualTo(2222);
        assertThat(start.snapshot().gateway().auth().secret().reveal()).isEqualTo("a-test-token");
        assertThat(start.problems().getFirst().path()).isEqualTo("gateway.auth.token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ gateway: {", "", "\0", "[]", "{ $include: 'gone.json' }"})
    void fallsBackToWhatWasProvenLast(String broken) throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        keep(Entry.State.PROVEN, "{ gateway: { port: 2222, %s } }");
        keep(Entry.State.ROLLED_BACK, "{ gateway: { port: 3333, %s } }");
        Files.writeString(file, broken);

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.mode()).isEqualTo(StartMode.NORMAL);
        assertThat(start.snapshot().gateway().port()).isEqualTo(2222);
        assertThat(start.snapshot().generation()).isEqualTo(2);
        assertThat(start.problems().getFirst().message())
                .endsWith("; configuration 2, the last good one, is in use");
        assertThat(Files.readString(file)).isEqualTo(broken);
    }

    @Test
    void doesNotWriteAFileThatIsMissingWhereSomethingGoodIsKept() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        Files.delete(file);

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.snapshot().gateway().port()).isEqualTo(1111);
        assertThat(start.problems().getFirst().message())
                .contains("it is not there (it can be brought back: evergate config undo)");
        assertThat(file).doesNotExist();
    }

    @Test
    void fallsBackToAnOlderOneWhenTheLastIsDamaged() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        keep(Entry.State.PROVEN, "{ gateway: { port: 2222, %s } }");
        Files.writeString(folder.resolve("data/config/2/0.json5"), "{}");
        Files.writeString(file, "{");

        assertThat(choose(StartMode.NORMAL).snapshot().gateway().port()).isEqualTo(1111);
    }

    @Test
    void restoresWhatTheKeptOneIncluded() throws Exception {
        Files.writeString(folder.resolve("part.json"), "{ gateway: { port: 1111 } }");
        write("{ $include: \"part.json\", gateway: { %s } }");
        keepNow(Entry.State.PROVEN);
        Files.writeString(folder.resolve("part.json"), "{ gateway: { port: 2222 } }");
        Files.writeString(file, "{");

        assertThat(choose(StartMode.NORMAL).snapshot().gateway().port()).isEqualTo(1111);
    }

    @Test
    void isSafeWhenTheFileIsBrokenAndAllThatWasKeptIsDamaged() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        Files.delete(folder.resolve("data/config/1/entry.json"));
        Files.writeString(file, "{");

        StartConfig start = choose(StartMode.NORMAL);

        assertThat(start.mode()).isEqualTo(StartMode.SAFE);
        assertThat(start.snapshot().gateway().auth().secret().isPresent()).isTrue();
        assertThat(start.notices()).singleElement().asString().startsWith("safe-mode: ");
        assertThat(Files.readString(file)).isEqualTo("{");
    }

    @Test
    void beginsAnewWhenTheFileIsGoneAndAllThatWasKeptIsDamaged() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        Files.delete(folder.resolve("data/config/1/entry.json"));
        Files.delete(file);

        assertThat(choose(StartMode.NORMAL).mode()).isEqualTo(StartMode.NORMAL);
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void refusesABrokenFileBehindWhichNothingStands() throws IOException {
        Files.writeString(file, "{\n gateway: [ }");

        assertThatThrownBy(() -> choose(StartMode.NORMAL))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining(file + ": line 2, column ")
                .hasMessageEndingWith("Nothing was changed; correct the file and start again.");
    }

    @Test
    void refusesAFileWithoutASecretBehindWhichNothingStands() throws Exception {
        Files.writeString(file, "{ gateway: { port: 1111 } }");
        assertThatThrownBy(() -> choose(StartMode.NORMAL))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("gateway.auth.token");

        overrides =
                new ConfigOverrides(
                        Optional.empty(),
                        Optional.empty(),
                        Secret.of("from-outside"),
                        Secret.none());
        assertThat(choose(StartMode.NORMAL).snapshot().gateway().port()).isEqualTo(1111);
    }

    @Test
    void setsTheFileAsideWhenStartsWithItFailed() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        write("{ gateway: { port: 2222, %s } }");

        StartConfig start = choose(StartMode.LAST_GOOD);

        assertThat(start.mode()).isEqualTo(StartMode.LAST_GOOD);
        assertThat(start.snapshot().gateway().port()).isEqualTo(1111);
        assertThat(start.shunnedHash())
                .isEqualTo(((SourceReading.Read) files.read()).sources().hash());
        assertThat(start.notices()).singleElement().asString().startsWith("last-good-config: ");
    }

    @Test
    void takesTheFileForASafeStartIfItCanBeUsed() throws Exception {
        write("{ gateway: { port: 2222, %s } }");

        StartConfig start = choose(StartMode.SAFE);

        assertThat(start.mode()).isEqualTo(StartMode.SAFE);
        assertThat(start.snapshot().gateway().port()).isEqualTo(2222);
        assertThat(start.notices()).singleElement().asString().startsWith("safe-mode: ");
    }

    @Test
    void hasTheNumberUnderWhichItIsKept() throws Exception {
        keep(Entry.State.PROVEN, "{ gateway: { port: 1111, %s } }");
        keep(Entry.State.APPLIED, "{ gateway: { port: 2222, %s } }");

        assertThat(choose(StartMode.NORMAL).snapshot().generation()).isEqualTo(2);
    }

    private StartConfig choose(StartMode mode) throws InterruptedException {
        return StartConfig.choose(mode, world, files, history, overrides);
    }

    private void keep(Entry.State state, String text) throws IOException {
        write(text);
        keepNow(state);
    }

    private void keepNow(Entry.State state) throws IOException {
        var sources = ((SourceReading.Read) files.read()).sources();
        Entry _ =
                history.add(
                        Instant.EPOCH,
                        Entry.Origin.FILE,
                        "",
                        sources.hash(),
                        "",
                        state,
                        sources.texts());
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text.formatted(TOKEN));
    }
}
