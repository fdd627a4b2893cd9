package dev.evergate.app.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.RealWorld;
import dev.evergate.server.spi.Identity;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A rehearsal in this process. */
class RehearsalTest {
    private final RealWorld world = new RealWorld(_ -> {});
    private final FakeOpenAi model = FakeOpenAi.start();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @TempDir Path folder;
    private Path scratch = Path.of("");

    @BeforeEach
    void listen() {
        scratch = folder.resolve("rehearsal");
        lines.start();
        ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLogger(Logger.ROOT_LOGGER_NAME)
                .addAppender(lines);
    }

    @AfterEach
    void close() {
        var _ =
                ((LoggerContext) LoggerFactory.getILoggerFactory())
                        .getLogger(Logger.ROOT_LOGGER_NAME)
                        .detachAppender(lines);
        model.close();
        world.close();
    }

    private Stage stage(String auth) throws IOException {
        Path path = folder.resolve("evergate.json");
        Files.writeString(
                path,
                """
                { gateway: { auth: %s },
                  models: { providers: { fake: { baseUrl: "%s", models: [{ id: "m" }] } } },
                  agents: { defaults: { model: { primary: "fake/m" } } },
                  diagnostics: { otel: { enabled: true, endpoint: "http://127.0.0.1:1" } } }
                """
                        .formatted(auth, model.baseUrl()));
        var files = new ConfigFiles(path, Map.of(), SecretCommands.NONE);
        ConfigSources sources = ((SourceReading.Read) files.read()).sources();
        return new Stage(
                world,
                folder,
                ConfigReader.read(sources, ConfigOverrides.NONE, 1, Optional.empty()).snapshot(),
                path,
                new Identity("test", "instance", 7, "host"));
    }

    private Stage stage() throws IOException {
        return stage("{ token: \"a-test-token\" }");
    }

    @Test
    void hasAMessageAnsweredWithoutAskingTheConfiguredModel() throws Exception {
        Rehearsal.Report report = Rehearsal.run(stage());

        assertThat(report.requests()).isGreaterThan(50);
        assertThat(report.bestNanos()).isLessThan(report.firstNanos());
        assertThat(model.requests()).isEmpty();
    }

    @Test
    void knowsAPasswordAsWellAsAToken() throws Exception {
        Rehearsal.Report report =
                Rehearsal.run(stage("{ mode: \"password\", password: \"a\\\"b\" }"));

        assertThat(report.requests()).isPositive();
    }

    @Test
    @Tag("S2")
    void knowsGatewaysThatAskForNothingOrBelieveAProxy() throws Exception {
        for (String auth :
                List.of(
                        "{ mode: \"none\" }",
                        "{ mode: \"trusted-proxy\", trustedProxy: { userHeader: \"x-user\" } }")) {
            assertThat(Rehearsal.run(stage(auth + ", trustedProxies: [\"192.0.2.1\"]")).requests())
                    .isPositive();
        }
    }

    @Test
    void leavesNothingBehind() throws Exception {
        Stage stage = stage();
        Set<Thread> others = gatewayThreads(Set.of());
        Rehearsal.Report _ = Rehearsal.run(stage);
        Wait.until(
                "threads that end by themselves have ended",
                () -> gatewayThreads(others).isEmpty());
        lines.list.clear();
        Set<String> before = files();

        Rehearsal.Report _ = Rehearsal.run(stage);

        assertThat(scratch).doesNotExist();
        Wait.until(
                () -> "threads have ended: " + gatewayThreads(others),
                () -> gatewayThreads(others).isEmpty());
        assertThat(files()).isEqualTo(before);
        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    /** Threads of gateways, without those of other tests. */
    private static Set<Thread> gatewayThreads(Set<Thread> others) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !others.contains(thread))
                .filter(
                        thread ->
                                thread.getName()
                                        .matches(
                                                "(door|worker|rehearsal|store|plugin|global|hand|drain|core).*"))
                .collect(Collectors.toSet());
    }

    private static Set<String> files() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(Files::isSymbolicLink)
                    .map(RehearsalTest::target)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void refusesWhenItsMessageIsNotAnswered() throws Exception {
        Stage stage = stage();

        assertThatThrownBy(() -> Rehearsal.run(stage, new Mute()))
                .isInstanceOf(EvergateException.class)
                .hasMessageStartingWith("The rehearsal failed: ")
                .hasMessageContaining("nobody speaks here");
        assertThat(scratch).doesNotExist();
    }

    @Test
    void refusesWhenThereIsNoRoomForItsState() throws Exception {
        Stage stage = stage();
        Files.writeString(folder.resolve("file"), "in the way");
        Stage narrow =
                new Stage(
                        world,
                        folder.resolve("file"),
                        stage.config(),
                        stage.file(),
                        stage.identity());

        assertThatThrownBy(() -> Rehearsal.run(narrow))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("no scratch state can be made");
    }

    @Test
    void deletesWhatARehearsalThatWasKilledHasLeft() throws Exception {
        Files.createDirectories(scratch.resolve("deeper"));
        Files.writeString(scratch.resolve("deeper/evergate.db"), "not a database");
        Files.writeString(scratch.resolve("evergate.db"), "not a database");

        Rehearsal.Report _ = Rehearsal.run(stage());

        assertThat(scratch).doesNotExist();
    }

    /** A model that cannot. */
    private static final class Mute implements ModelProviderFactory, ModelProvider {
        @Override
        public String api() {
            return ScratchGateway.API;
        }

        @Override
        public ModelProvider open(ModelProviderSettings settings) {
            return this;
        }

        @Override
        public ModelAnswer answer(ModelRequest request, ModelListener listener, CancelSignal cancel)
                throws ModelException {
            throw new ModelException(ModelException.Kind.REFUSED, "nobody speaks here");
        }
    }
}
