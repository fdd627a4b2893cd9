package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A new build put beside the one that runs. */
@Tag("process")
class UpgradeTest {
    private static final long PATIENCE_MS = 30_000;

    /** A dependency of a dependency that no module needs, so nothing can be loaded from it. */
    private static final String NEEDED_BY_NOBODY = "netty-codec-compression";

    @RegisterExtension final Gateways gateways = new Gateways();

    private final FakeOpenAi model = FakeOpenAi.start();
    private final CountDownLatch isOver = new CountDownLatch(1);

    @TempDir Path folder;

    @AfterEach
    void close() {
        isOver.countDown();
        model.close();
    }

    @Test
    void holdsEveryJarOfItsBuildOpen() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());

        assertThat(openJars(gateway.generationPid())).containsAll(jarsOf("generation"));
        assertThat(openJars(gateway.keeperPid())).containsAll(jarsOf("keeper"));
    }

    /** What the argument file names, folder or jar. */
    private static Set<String> jarsOf(String program) throws IOException {
        Path dist = Path.of(System.getProperty("evergate.dist")).toRealPath();
        String path =
                Files.readAllLines(dist.resolve("lib").resolve(program + ".args")).stream()
                        .filter(line -> line.startsWith("-p "))
                        .map(line -> line.substring("-p ".length()).replace("\"", ""))
                        .findFirst()
                        .orElseThrow();
        Set<String> jars = new TreeSet<>();
        for (String entry : path.split(":")) {
            if (entry.endsWith(".jar")) {
                jars.add(Path.of(entry).toRealPath().toString());
            } else if (!entry.isEmpty() && Files.exists(Path.of(entry))) {
                try (Stream<Path> files = Files.list(Path.of(entry))) {
                    files.map(Path::toString).filter(f -> f.endsWith(".jar")).forEach(jars::add);
                }
            }
        }
        jars.removeIf(jar -> jar.contains(NEEDED_BY_NOBODY));
        return jars;
    }

    private static Set<String> openJars(long pid) throws IOException {
        Set<String> jars = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    jars.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        return jars;
    }

    @Test
    void isTakenByTheNextRestartWhileTheOldOneEndsWithoutItsFolder() throws Exception {
        model.always(
                reply -> {
                    reply.begin().say("before ");
                    boolean _ = await(isOver);
                    reply.say("after").finish("stop").usage(1, 2).done();
                });
        var builds = new Builds(folder);
        Path old = builds.add("1");
        builds.publish(old);
        GatewayProcess gateway =
                gateways.startReady(GatewayProcess.launch().dist(old).config(Configs.with(model)));
        long predecessor = gateway.generationPid();
        try (GatewayClient client = gateway.connect()) {
            Turns.send(client, "a long one");
            var _ = model.awaitRequest(1);

            Path next = builds.add("2");
            Map<String, String> content = Builds.content(next);
            builds.publish(next);
            GatewayProcess.signal("USR1", gateway.keeperPid());
            awaitServing(gateway, 2);
            assertThat(command(gateway.generationPid())).contains(next + "/lib/generation.args");
            Builds.delete(old);
            isOver.countDown();
            Wait.until(
                    () -> "the predecessor ends; " + gateway.describe(),
                    () -> ProcessHandle.of(predecessor).isEmpty());

            assertThat(Turns.awaitEnd(client, "a long one").toString()).contains("before after");
            assertThat(Turns.end(client, "another").toString()).contains("before after");
            assertThat(lines(gateway, "\"ERROR\"", "\"WARN\"")).isEmpty();
            assertThat(lines(gateway, "generation.stopped")).anyMatch(line -> isOf(line, 1));
            GatewayProcess.signal("USR1", gateway.keeperPid()); // the keeper needs no folder either
            awaitServing(gateway, 3);
            assertThat(gateway.stop()).isZero();
            assertThat(Builds.content(next)).isEqualTo(content);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void awaitServing(GatewayProcess gateway, int generation) {
        Wait.until(
                () -> "generation " + generation + " serves; " + gateway.describe(),
                () -> isServedBy(gateway, generation));
    }

    private static boolean isServedBy(GatewayProcess gateway, int generation)
            throws InterruptedException {
        try {
            var answer = gateway.get("/readyz");
            return answer.statusCode() == 200
                    && answer.body().contains("\"generation\":" + generation);
        } catch (IOException e) {
            return false; // asked in the middle of a restart
        }
    }

    private static String command(long pid) {
        return ProcessHandle.of(pid).flatMap(p -> p.info().commandLine()).orElse("");
    }

    private static List<String> lines(GatewayProcess gateway, String... words) throws IOException {
        return gateway.log().stream()
                .filter(line -> Stream.of(words).anyMatch(line::contains))
                .toList();
    }

    private static boolean isOf(String line, int generation) {
        return line.contains("\"generation\":" + generation + ",");
    }
}
