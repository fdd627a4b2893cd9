import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a new build once for real: a keeper with its generation on a scratch state, a restart, some
 * use of it, a command, a stop. The JVMs note what that took and make a startup cache of it each.
 *
 * <p>A build that cannot be trained runs without caches, only slower to start.
 */
class Training {
    private static final int LIMIT_SECONDS = 90;

    private final Path lib;
    private final Map<Launch, List<String>> arguments;
    private final Path scratch;

    private Training(Path lib, Map<Launch, List<String>> arguments, Path scratch) {
        this.lib = lib;
        this.arguments = arguments;
        this.scratch = scratch;
    }

    /** Makes the caches that these arguments name, as far as that works, and says what happened. */
    static void run(Path lib, Map<Launch, List<String>> arguments) throws Exception {
        long started = System.nanoTime();
        Path scratch = Files.createTempDirectory("evergate-training");
        try {
            var training = new Training(lib, arguments, scratch);
            training.useOnce();
            training.makeCaches();
        } catch (IllegalStateException e) {
            System.out.println("startup cache: none, for " + e.getMessage());
        } finally {
            Distribution.delete(scratch);
        }
        System.out.printf(
                Locale.ROOT, "startup caches took %.1f s%n", (System.nanoTime() - started) / 1e9);
    }

    private void useOnce() throws Exception {
        // The second generation rehearses and takes over, and does all that the first one does.
        Path program = scratch.resolve("generation.args");
        Files.write(program, Launch.withoutCache(arguments.get(Launch.GENERATION)));
        String generation = Launch.quoted(program);
        List<String> keeper =
                Stream.concat(
                                Stream.of("\"-Devergate.generation.args=" + generation + "\""),
                                recording(Launch.KEEPER).stream())
                        .toList();
        int port = freePort();
        Process gateway =
                start("keeper", keeper, "gateway", "run", "--port", Integer.toString(port));
        try {
            try (var exercise = new Exercise(port, token())) {
                exercise.awaitReady(gateway, 1, LIMIT_SECONDS);
                Files.write(program, recording(Launch.GENERATION));
                exercise.useGateway(() -> restart(gateway, exercise));
            } catch (IOException e) {
                throw failure("the gateway was not usable: " + e.getMessage(), "keeper");
            }
            Process command = start("cli", recording(Launch.CLI), "agent", "--message", "hello");
            if (!command.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || command.exitValue() != 0) {
                command.destroyForcibly();
                throw failure("a command failed", "cli");
            }
            gateway.destroy();
            if (!gateway.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw failure("the gateway did not stop", "keeper");
            }
        } finally {
            gateway.descendants().forEach(ProcessHandle::destroyForcibly);
            gateway.destroyForcibly();
        }
    }

    private static void restart(Process gateway, Exercise exercise)
            throws IOException, InterruptedException {
        var _ = new ProcessBuilder("kill", "-USR1", Long.toString(gateway.pid())).start().waitFor();
        exercise.awaitReady(gateway, 2, LIMIT_SECONDS);
    }

    private void makeCaches() throws Exception {
        Map<Launch, Process> makers = new EnumMap<>(Launch.class);
        for (Launch launch : Launch.values()) {
            if (Files.exists(notes(launch))) {
                String name = launch.file("creation");
                List<String> creating = Launch.creating(arguments.get(launch), notes(launch));
                makers.put(launch, start(name, creating));
            }
        }
        for (Launch launch : Launch.values()) {
            Path cache = lib.resolve(launch.file("aot"));
            Process maker = makers.get(launch);
            boolean made = maker != null && maker.waitFor() == 0 && Files.exists(cache);
            if (!made) {
                Files.deleteIfExists(cache);
            }
            System.out.println(
                    "startup cache of the "
                            + launch.name().toLowerCase(Locale.ROOT)
                            + (made ? ": %d MB".formatted(Files.size(cache) >> 20) : ": none"));
        }
    }

    private Process start(String name, List<String> arguments, String... words) throws IOException {
        Path file = scratch.resolve(name + ".start.args");
        Files.write(file, arguments);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(java, "@" + file);
        builder.command().addAll(List.of(words));
        builder.redirectErrorStream(true).redirectOutput(log(name).toFile());
        builder.environment().put("EVERGATE_STATE_DIR", scratch.resolve("state").toString());
        builder.environment().put("EVERGATE_GATEWAY_TOKEN", token());
        // The JVM writes its notes after the generation has said that it has finished.
        builder.environment().put("EVERGATE_GATEWAY_POST_SHUTDOWN_EXIT_TIMEOUT_MS", "60000");
        builder.environment().put("_JAVA_SR_SIGNUM", "62");
        return builder.start();
    }

    private IllegalStateException failure(String what, String name) throws IOException {
        Files.readAllLines(log(name)).forEach(line -> System.out.println("  " + line));
        try (Stream<Path> logs = Files.walk(scratch)) {
            for (Path errors : logs.filter(file -> file.toString().endsWith(".err")).toList()) {
                Files.readAllLines(errors).forEach(line -> System.out.println("  " + line));
            }
        }
        return new IllegalStateException(what);
    }

    private List<String> recording(Launch launch) {
        return Launch.recording(arguments.get(launch), notes(launch));
    }

    private Path notes(Launch launch) {
        return scratch.resolve(launch.file("notes"));
    }

    private Path log(String name) {
        return scratch.resolve(name + ".log");
    }

    /** Of no worth: the gateway listens on loopback only, and not for long. */
    private static String token() {
        return "training-" + ProcessHandle.current().pid();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
