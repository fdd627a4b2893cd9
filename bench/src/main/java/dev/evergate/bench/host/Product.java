package dev.evergate.bench.host;

import dev.evergate.bench.time.Clock;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running gateway: keeper and generation, with a state directory of their own. One thread. */
public final class Product implements AutoCloseable {
    public static final String TOKEN = "bench-0123456789abcdef0123456789abcdef";
    private static final long READY_MS_MAX = 60_000;
    private static final long LOOK_MS = 2;
    private static final long RESTART_MS_MAX = 180_000;
    private static final long RESTART_LOOK_MS = 10;
    private static final Pattern GENERATION = Pattern.compile("\"generation\":(\\d+)");

    private final Process keeper;
    private final Path state;
    private final Path output;
    private final int port;
    private final boolean isAlone;
    private long generation;
    private double readyMs;
    private Proc.Cpu generationCpu = new Proc.Cpu(0, 0);
    private Proc.Cpu keeperCpu = new Proc.Cpu(0, 0);

    private Product(Process keeper, boolean isAlone, Path state, Path output, int port) {
        this.keeper = keeper;
        this.isAlone = isAlone;
        this.state = state;
        this.output = output;
        this.port = port;
    }

    /** A state directory with a configuration; the model is the one at {@code provider}, if any. */
    public static Path newState(Build build, Optional<URI> provider) throws IOException {
        Path state = Files.createTempDirectory(build.work(), "state-");
        String models =
                provider.map(
                                url ->
                                        """
                                        , models: {providers: {bench: {baseUrl: "%s", apiKey: "none",
                                            api: "openai-completions", models: [{id: "instant", name: "instant"}]}}},
                                          agents: {defaults: {maxConcurrent: 64, model: {primary: "bench/instant"}}}"""
                                                .formatted(url))
                        .orElse("");
        Path config = state.resolve("evergate.json");
        Files.writeString(
                config,
                "{gateway: {auth: {mode: \"token\", token: \"%s\"}}%s}%n".formatted(TOKEN, models));
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
        return state;
    }

    /** Starts one on a free port and returns when it is ready. */
    public static Product start(Build build, Build.Start how, Path state) throws Exception {
        int port = freePort();
        List<String> command = new ArrayList<>(build.command(how));
        command.addAll(List.of("gateway", "run", "--state-dir", state.toString()));
        command.addAll(List.of("--port", Integer.toString(port)));
        boolean isAlone = how == Build.Start.ALONE;
        if (isAlone) {
            command.add("--no-keeper");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        Path output = build.work().resolve("output.log");
        builder.redirectOutput(output.toFile());
        clean(builder);
        builder.environment().put("_JAVA_SR_SIGNUM", "62");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        long started = Clock.nanos();
        var product = new Product(builder.start(), isAlone, state, output, port);
        try {
            product.awaitReady(started);
            return product;
        } catch (Exception e) {
            product.close();
            throw e;
        }
    }

    /** Takes what would change its behaviour out of a command's environment. */
    static void clean(ProcessBuilder builder) {
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("EVERGATE_") || name.startsWith("OPENCLAW_"));
    }

    private void awaitReady(long startedNanos) throws Exception {
        while (!saysReady()) {
            if (!keeper.isAlive()) {
                throw new IOException(
                        "the gateway ended with %d: %s"
                                .formatted(keeper.exitValue(), Files.readString(output)));
            }
            if (Clock.msSince(startedNanos) > READY_MS_MAX) {
                throw new IOException(
                        "not ready within %d ms: %s"
                                .formatted(READY_MS_MAX, Files.readString(output)));
            }
            Clock.pause(LOOK_MS);
        }
        readyMs = Clock.msSince(startedNanos);
        generation = findGeneration();
        generationCpu = Proc.cpu(generation);
        keeperCpu = Proc.cpu(keeper.pid());
    }

    /** One probe; a connection that waits in the kernel's queue waits here. */
    private boolean saysReady() {
        return ask("/readyz").startsWith("HTTP/1.1 200");
    }

    private long findGeneration() throws IOException {
        List<ProcessHandle> all = generations();
        if (all.isEmpty()) {
            throw new IOException("the keeper has no generation");
        }
        return all.getLast().pid();
    }

    /** The generations alive, oldest first. */
    private List<ProcessHandle> generations() {
        if (isAlone) {
            return List.of(keeper.toHandle());
        }
        return keeper.children()
                .filter(child -> child.info().commandLine().orElse("").contains("java"))
                .sorted(Comparator.comparingLong(ProcessHandle::pid))
                .toList();
    }

    /**
     * Restarts it as an operator does, and returns when the next generation serves and the one
     * before is gone.
     */
    public Restart restart() throws Exception {
        long before = servingGeneration();
        long started = Clock.nanos();
        new ProcessBuilder("kill", "-USR1", Long.toString(keeper.pid())).start().waitFor();
        double silenceMs = 0;
        long serving = before;
        while (serving <= before) {
            failAfter(RESTART_MS_MAX, started, "no other generation serves");
            Clock.pause(RESTART_LOOK_MS);
            long asked = Clock.nanos();
            serving = servingGeneration();
            silenceMs = Math.max(silenceMs, Clock.msSince(asked));
        }
        double servedMs = Clock.msSince(started);
        while (generations().size() != 1) {
            failAfter(RESTART_MS_MAX, started, "the generation before is not gone");
            Clock.pause(RESTART_LOOK_MS);
        }
        generation = findGeneration();
        return new Restart(started, servedMs, Clock.msSince(started), silenceMs);
    }

    /**
     * One restart as seen from outside.
     *
     * @param startedNanos when it was asked for
     * @param servedMs until the next generation answered
     * @param overMs until the one before was gone
     * @param silenceMs the longest that a new connection waited for its answer until then
     */
    public record Restart(long startedNanos, double servedMs, double overMs, double silenceMs) {}

    private void failAfter(long limitMs, long startedNanos, String what) throws IOException {
        if (!keeper.isAlive() || Clock.msSince(startedNanos) > limitMs) {
            throw new IOException(what + ": " + Files.readString(output));
        }
    }

    /** The number in the answer of the generation that accepts now; 0 if none answers. */
    private long servingGeneration() {
        String answer = ask("/healthz");
        Matcher number = GENERATION.matcher(answer);
        return answer.startsWith("HTTP/1.1 200") && number.find()
                ? Long.parseLong(number.group(1))
                : 0;
    }

    /** What it answers to a probe; empty if it does not. */
    private String ask(String path) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) READY_MS_MAX);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Descriptors the keeper has open. */
    public long keeperDescriptors() throws IOException {
        return Proc.descriptors(keeper.pid());
    }

    /** Descriptors the generation has open. */
    public long generationDescriptors() throws IOException {
        return Proc.descriptors(generation);
    }

    /** Memory of all processes, by proportional share. */
    public double allKb() throws IOException {
        double sum = Proc.memory(keeper.pid()).totalKb();
        if (!isAlone) {
            for (ProcessHandle each : generations()) {
                sum += Proc.memory(each.pid()).totalKb();
            }
        }
        return sum;
    }

    public int port() {
        return port;
    }

    public Path state() {
        return state;
    }

    /** Wall time from the start of the command to the first 200 of {@code /readyz}. */
    public double readyMs() {
        return readyMs;
    }

    /** What the generation had used when it was ready. */
    public Proc.Cpu generationStartCpu() {
        return generationCpu;
    }

    /** What the keeper, the launcher before it and its tools had used by then. */
    public Proc.Cpu keeperStartCpu() {
        return keeperCpu;
    }

    public double generationCpuMs() throws IOException {
        return Proc.cpu(generation).ownMs();
    }

    public Proc.Memory generationMemory() throws IOException {
        return Proc.memory(generation);
    }

    public Proc.Memory keeperMemory() throws IOException {
        return Proc.memory(keeper.pid());
    }

    /** Both processes, if nothing else on this machine mapped their files. */
    public double aloneKb() throws IOException {
        return Proc.aloneKb(keeper.pid(), generation);
    }

    /** Asks the generation's JVM something and returns its answer. */
    public String jcmd(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(generation));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer;
    }

    /** Stops it; by force if it does not end in ten seconds. */
    @Override
    public void close() throws Exception {
        List<ProcessHandle> all = new ArrayList<>(keeper.descendants().toList());
        keeper.destroy();
        if (!keeper.waitFor(10, TimeUnit.SECONDS)) {
            System.out.println("    the gateway did not stop in 10 s and is killed");
            keeper.destroyForcibly().waitFor();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
