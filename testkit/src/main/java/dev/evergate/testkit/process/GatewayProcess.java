package dev.evergate.testkit.process;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

/**
 * A running gateway: a real keeper with its generations, on a port and a state directory of its
 * own. Thread-safe.
 *
 * <p>{@link #close} ends every process it started, by pid, and deletes what they left.
 */
public final class GatewayProcess implements AutoCloseable {
    private static final int OUTPUT_SHOWN = 8_000;
    private static final JsonMapper JSON5 =
            JsonMapper.builder()
                    .enable(
                            JsonReadFeature.ALLOW_JAVA_COMMENTS,
                            JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES,
                            JsonReadFeature.ALLOW_SINGLE_QUOTES,
                            JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build();

    private final Process keeper;
    private final Path root;
    private final Path stateDir;
    private final int port;
    private volatile String lastProbe = "(not asked)";
    private final Optional<SSLContext> encryption;
    private final HttpClient http;

    GatewayProcess(
            Process keeper,
            Path root,
            Path stateDir,
            int port,
            Optional<TestCertificate> certificate) {
        this.keeper = keeper;
        this.root = root;
        this.stateDir = stateDir;
        this.port = port;
        this.encryption = certificate.map(TestCertificate::trusting);
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Wait.PATIENCE);
        encryption.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /** A gateway to be started on a free port with a new state directory. */
    public static GatewayLaunch launch() {
        return new GatewayLaunch();
    }

    public int port() {
        return port;
    }

    public Path stateDir() {
        return stateDir;
    }

    public URI url() {
        return URI.create((encryption.isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
    }

    /** The configured token. */
    public String token() {
        JsonNode config = JSON5.readTree(read(stateDir.resolve("evergate.json")));
        return config.path("gateway").path("auth").path("token").asString("");
    }

    /** A client that is connected and may do everything. */
    public GatewayClient connect() {
        return encryption
                .map(context -> GatewayClient.connect(url(), token(), context))
                .orElseGet(() -> GatewayClient.connect(url(), token()));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(url().resolve(path)).timeout(Wait.PATIENCE).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Waits until {@code /readyz} says 200. */
    public void awaitReady() {
        Wait.until(
                () -> "/readyz answers 200, but: " + lastProbe + "; " + describe(),
                () -> {
                    if (!keeper.isAlive()) {
                        throw new AssertionError("the keeper has ended; " + describe());
                    }
                    return isReady();
                });
    }

    private boolean isReady() throws InterruptedException {
        try {
            HttpResponse<String> answer = get("/readyz");
            lastProbe = answer.statusCode() + " " + answer.body();
            return answer.statusCode() == 200;
        } catch (IOException e) {
            lastProbe = e.toString();
            return false;
        }
    }

    public long keeperPid() {
        return keeper.pid();
    }

    /** The generations alive, oldest first. */
    public List<ProcessHandle> generations() {
        return keeper.children()
                .filter(child -> child.info().commandLine().orElse("").contains("generation.args"))
                .sorted(Comparator.comparingLong(GatewayProcess::startedMs))
                .toList();
    }

    private static long startedMs(ProcessHandle process) {
        return process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
    }

    /** The newest generation; waits for one. */
    public long generationPid() {
        Wait.until(() -> "a generation runs; " + describe(), () -> !generations().isEmpty());
        return generations().getLast().pid();
    }

    /** Kills the newest generation with SIGKILL and waits until it is gone; returns its pid. */
    public long killGeneration() {
        long pid = generationPid();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Wait.until(
                "generation " + pid + " is gone",
                () -> generations().stream().noneMatch(process -> process.pid() == pid));
        return pid;
    }

    /** Sends a signal by its name without {@code SIG}, such as {@code STOP}. */
    public static void signal(String name, long pid) {
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid).start();
            if (!kill.waitFor(Wait.PATIENCE) || kill.exitValue() != 0) {
                throw new AssertionError("cannot send " + name + " to " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Asks the keeper to stop (SIGTERM) and returns its exit code. */
    public int stop() {
        signal("TERM", keeper.pid());
        return awaitExit();
    }

    /** Asks the keeper to stop (SIGTERM); how many milliseconds it takes to be gone. */
    public double stopMs() throws InterruptedException {
        FairWatch watch = FairWatch.start();
        boolean _ = keeper.toHandle().destroy();
        boolean isGone = keeper.waitFor(Wait.PATIENCE);
        double tookMs = watch.ms();
        if (!isGone) {
            throw new AssertionError("the keeper has not ended; " + describe());
        }
        return tookMs;
    }

    /** Waits until the keeper has ended and returns its exit code. */
    public int awaitExit() {
        Wait.until(() -> "the keeper has ended; " + describe(), () -> !keeper.isAlive());
        return keeper.exitValue();
    }

    /** Every line that keeper and generations have logged so far. */
    public List<String> log() throws IOException {
        List<String> lines = new ArrayList<>();
        try (var files = Files.list(stateDir.resolve("logs"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    public boolean isAlive() {
        return keeper.isAlive();
    }

    /** What keeper and generations wrote to the console. */
    public String output() {
        return read(root.resolve("output.log"));
    }

    /** State and output, for messages of failed tests. */
    public String describe() {
        String output = output();
        return (keeper.isAlive()
                        ? "keeper " + keeper.pid() + " runs"
                        : "keeper ended with " + keeper.exitValue())
                + ", generations "
                + generations()
                + ", state in "
                + stateDir
                + "\n--- output ---\n"
                + output.substring(Math.max(0, output.length() - OUTPUT_SHOWN))
                + generationErrors()
                + "--- end of output ---";
    }

    private String generationErrors() {
        StringBuilder errors = new StringBuilder();
        try (Stream<Path> logs = Files.list(stateDir.resolve("logs"))) {
            for (Path log : logs.filter(path -> path.toString().endsWith(".err")).toList()) {
                errors.append("--- ").append(log.getFileName()).append(" ---\n").append(read(log));
            }
        } catch (IOException e) {
            errors.append("(no logs)\n");
        }
        return errors.toString();
    }

    /** Ends every process of this gateway and deletes its folder. */
    @Override
    public void close() {
        if (keeper.isAlive()) {
            signalQuietly("STOP", keeper.pid()); // so that it starts nothing meanwhile
        }
        Set<ProcessHandle> all = new LinkedHashSet<>();
        keeper.descendants().forEach(all::add);
        keeper.destroyForcibly();
        // A dead keeper's children belong to others: they are known by the home they were given.
        ProcessHandle.allProcesses().filter(this::hasOurHome).forEach(all::add);
        all.forEach(ProcessHandle::destroyForcibly);
        Wait.until(
                () -> "all processes of the gateway are gone; left: " + all,
                () -> !keeper.isAlive() && all.stream().noneMatch(ProcessHandle::isAlive));
        http.shutdownNow();
        delete(root);
    }

    private boolean hasOurHome(ProcessHandle process) {
        Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
        try {
            String variables = Files.readString(environment, StandardCharsets.ISO_8859_1);
            return ("\0" + variables).contains("\0HOME=" + root + "\0");
        } catch (IOException e) {
            return false; // Not ours, or gone, or a system without /proc.
        }
    }

    private static void signalQuietly(String name, long pid) {
        try {
            signal(name, pid);
        } catch (AssertionError e) {
            // It ended in this very moment.
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return; // Another start of the same launch has gone before.
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
