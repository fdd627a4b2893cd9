package dev.evergate.app.structure;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The rules hold for what is shipped, and each is seen to fail on a few lines that break it. */
class ArchitectureTest {
    private static final JavaClasses SHIPPED =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("testkit"))
                    .importPackages("dev.evergate");

    @TempDir Path folder;

    static Stream<ArchRule> rules() {
        return ArchitectureRules.all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holdsForWhatIsShipped(ArchRule rule) {
        rule.check(SHIPPED);
    }

    @Test
    void looksAtEveryModule() {
        assertThat(SHIPPED.stream().map(type -> type.getPackageName().split("\\.")[2]).distinct())
                .contains("api", "core", "store", "server", "plugins", "keeper", "app");
    }

    @Test
    void seesAPackageOfCoreUseALaterOne() {
        String later = "package dev.evergate.core.config; public class Snapshot {}";
        String earlier =
                """
                package dev.evergate.core.time;
                class Clock { Object snapshot = new dev.evergate.core.config.Snapshot(); }
                """;

        assertThat(ArchitectureRules.coreOrder().map(rule -> report(rule, later, earlier)))
                .anySatisfy(report -> assertThat(report).contains("core.time.Clock"));
    }

    @Test
    void seesAPackageOfCoreWithoutAPlace() {
        assertBroken(
                ArchitectureRules.corePackages(),
                "core.misc.Odds",
                "package dev.evergate.core.misc; class Odds {}");
    }

    @Test
    void seesAChannelCallAConversation() {
        assertBroken(
                ArchitectureRules.channelBesideConversation(),
                "core.channel.Deliverer",
                "package dev.evergate.core.conversation; public class Lane {}",
                """
                package dev.evergate.core.channel;
                class Deliverer { dev.evergate.core.conversation.Lane lane; }
                """);
    }

    @Test
    void seesACycleOfPackages() {
        assertBroken(
                ArchitectureRules.noCycles(),
                "Slice server.http",
                """
                package dev.evergate.server.http;
                public class Door { dev.evergate.server.ws.Frame frame; }
                """,
                """
                package dev.evergate.server.ws;
                public class Frame { dev.evergate.server.http.Door door; }
                """);
    }

    @Test
    void seesTimeTakenElsewhere() {
        List<String> sources =
                List.of(
                        "System.nanoTime()",
                        "System.currentTimeMillis()",
                        "java.time.Instant.now()",
                        "java.time.LocalDate.now()",
                        "java.time.Clock.systemUTC()",
                        "new Thread(() -> {})",
                        "new Thread() {}",
                        "Thread.ofVirtual()",
                        "0; Ticker8_() throws InterruptedException { Thread.sleep(1); } int rest",
                        "java.util.concurrent.Executors.newCachedThreadPool()",
                        "new java.util.concurrent.ForkJoinPool()",
                        "new java.util.Random()",
                        "java.util.concurrent.ThreadLocalRandom.current()",
                        "java.util.UUID.randomUUID()",
                        "(java.util.function.Supplier<Object>) java.util.UUID::randomUUID",
                        "new java.security.SecureRandom()");
        String[] tickers =
                IntStream.range(0, sources.size())
                        .mapToObj(
                                number ->
                                        "package dev.evergate.server; class Ticker%d_ { Object taken = %s; }"
                                                .formatted(number, sources.get(number)))
                        .toArray(String[]::new);

        String report = report(ArchitectureRules.timeInOnePlace(), tickers);

        assertThat(IntStream.range(0, sources.size()))
                .allSatisfy(number -> assertThat(report).contains("Ticker" + number + "_"));
    }

    @Test
    void allowsTimeInAPackageOfThatName() {
        String inPlace =
                "package dev.evergate.keeper.time; class Now { long now = System.nanoTime(); }";
        String elsewhere =
                "package dev.evergate.keeper; class Late { long now = System.nanoTime(); }";

        assertThat(report(ArchitectureRules.timeInOnePlace(), inPlace, elsewhere))
                .contains("keeper.Late")
                .doesNotContain("keeper.time.Now");
    }

    @Test
    void seesADatabaseOutsideTheStore() {
        assertBroken(
                ArchitectureRules.databaseInStore(),
                "core.journal.Rows",
                "package dev.evergate.core.journal; class Rows { java.sql.ResultSet rows; }");
    }

    @Test
    void seesASocketInCore() {
        assertBroken(
                ArchitectureRules.noSocketsInCore(),
                "core.agent.Call",
                "package dev.evergate.core.agent; class Call { java.net.Socket socket; }");
    }

    @Test
    void seesTheKeeperUseALibrary() {
        assertBroken(
                ArchitectureRules.keeperAlone(),
                "keeper.Door",
                "package dev.evergate.keeper; class Door { org.slf4j.Logger log; }");
    }

    @Test
    void seesAForeignCallElsewhere() {
        assertBroken(
                ArchitectureRules.foreignCallsInOnePlace(),
                "keeper.Lock",
                """
                package dev.evergate.keeper;
                class Lock { java.lang.foreign.Linker linker; }
                """);
    }

    @Test
    @Tag("S16")
    void seesCodeFromElsewhere() {
        assertBroken(
                ArchitectureRules.noCodeFromElsewhere(),
                "server.Skill",
                """
                package dev.evergate.server;
                class Skill { Object code = new java.net.URLClassLoader(new java.net.URL[0]); }
                """);
        assertBroken(
                ArchitectureRules.noCodeFromElsewhere(),
                "server.Maker",
                """
                package dev.evergate.server;
                class Maker {
                    Object made(byte[] code) throws IllegalAccessException {
                        return java.lang.invoke.MethodHandles.lookup().defineClass(code);
                    }
                }
                """);
    }

    @Test
    @Tag("S20")
    void seesObjectsMadeOfBytes() {
        assertBroken(
                ArchitectureRules.noObjectsFromBytes(),
                "store.Rows",
                "package dev.evergate.store; class Rows { java.io.ObjectInputStream rows; }");
        assertBroken(
                ArchitectureRules.noObjectsFromBytes(),
                "server.Feed",
                "package dev.evergate.server; class Feed { javax.xml.parsers.SAXParser parser; }");
    }

    @Test
    @Tag("S10")
    void seesAWayOutBesideTheGuard() {
        assertBroken(
                ArchitectureRules.oneWayOut(),
                "server.openai.Picture",
                """
                package dev.evergate.server.openai;
                class Picture { java.net.http.HttpClient client; }
                """);
    }

    @Test
    void seesATestLibraryInWhatIsShipped() {
        assertBroken(
                ArchitectureRules.noTestLibraries(),
                "plugins.Probe",
                """
                package dev.evergate.plugins;
                class Probe { org.junit.jupiter.api.TestInfo info; }
                """);
    }

    private void assertBroken(ArchRule rule, String culprit, String... sources) {
        assertThat(report(rule, sources)).contains(culprit);
    }

    /** What the rule says of these sources. */
    private String report(ArchRule rule, String... sources) {
        return rule.allowEmptyShould(true)
                .evaluate(CompiledSample.of(folder, sources))
                .getFailureReport()
                .toString();
    }
}
