package dev.evergate.testkit.process;

import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.net.TestCertificate;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a gateway is to be started with: the build that the system property {@code evergate.dist}
 * names, a free port and a new state directory, unless told otherwise. For one thread.
 */
public final class GatewayLaunch {
    private final Path root;
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path stateDir;
    private int port;
    private boolean isPortGiven = true;
    private Optional<Path> dist = Optional.empty();
    private String program = "keeper";
    private Optional<Path> plugin = Optional.empty();
    private Optional<Path> console = Optional.empty();
    private Optional<TestCertificate> certificate = Optional.empty();

    GatewayLaunch() {
        try (RealWorld world = new RealWorld(Throwable::printStackTrace)) {
            root = Files.createTempDirectory("evergate-test-");
            port = FreePort.find(world.entropy());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stateDir = root.resolve("state");
    }

    /**
     * Starts this build instead of the one that the system property {@code evergate.dist} names.
     */
    public GatewayLaunch dist(Path folder) {
        dist = Optional.of(folder);
        return this;
    }

    private static Path configuredDist() {
        String dist = System.getProperty("evergate.dist", "");
        if (dist.isEmpty()) {
            throw new IllegalStateException(
                    "-Devergate.dist is not set (expected: the folder of a build, as"
                            + " build/dist/current; ./check sets it)");
        }
        try {
            return Path.of(dist).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("evergate.dist", e);
        }
    }

    /** Starts one generation alone: it is then what {@link GatewayProcess} calls the keeper. */
    public GatewayLaunch withoutKeeper() {
        program = "generation";
        arguments.add("--no-keeper");
        return this;
    }

    /** Puts a plugin's jar on the module path of every generation. */
    public GatewayLaunch plugin(Path jar) {
        plugin = Optional.of(jar);
        return this;
    }

    /** Gives it a pipe for standard output and standard error that is full, and nobody reads it. */
    public GatewayLaunch fullPipe() {
        try {
            Files.createDirectories(root);
            Path pipe = root.resolve("full.pipe");
            ProcessBuilder holder =
                    new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "mkfifo \"$0\"; exec 3<>\"$0\"; head -c 65536 /dev/zero >&3; echo full; exec sleep 600",
                            pipe.toString());
            holder.environment().put("HOME", root.toString()); // it ends with the gateway
            Process held = holder.start();
            String said = held.inputReader().readLine();
            if (!"full".equals(said)) {
                throw new IllegalStateException("no full pipe, but: " + said);
            }
            console = Optional.of(pipe);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Uses the state directory of an earlier gateway. */
    public GatewayLaunch stateDir(Path directory) {
        stateDir = directory;
        return this;
    }

    public Path stateDir() {
        return stateDir;
    }

    public GatewayLaunch port(int wanted) {
        port = wanted;
        return this;
    }

    public int port() {
        return port;
    }

    /** Leaves the port to the configuration, which must name {@link #port}; so it can change. */
    public GatewayLaunch portByConfig() {
        isPortGiven = false;
        return this;
    }

    /** Writes the configuration file before the start. */
    public GatewayLaunch config(String json5) {
        try {
            Files.createDirectories(stateDir);
            Files.setPosixFilePermissions(stateDir, PosixFilePermissions.fromString("rwx------"));
            Path file = stateDir.resolve("evergate.json");
            Files.writeString(file, json5);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Talks to it encrypted, and trusts this certificate; its configuration must name it. */
    public GatewayLaunch encrypted(TestCertificate with) {
        certificate = Optional.of(with);
        return this;
    }

    /** Adds command-line arguments after {@code gateway run}. */
    public GatewayLaunch arguments(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    public GatewayLaunch environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Starts it and waits until it is ready. */
    public GatewayProcess startReady() {
        GatewayProcess gateway = start();
        try {
            gateway.awaitReady();
            return gateway;
        } catch (AssertionError e) {
            gateway.close();
            throw e;
        }
    }

    /** Starts it, as the launcher script does, and does not wait. */
    public GatewayProcess start() {
        Path build = dist.orElseGet(GatewayLaunch::configuredDist);
        List<String> command = new ArrayList<>();
        // The launcher too ignores these two before it becomes the keeper.
        command.addAll(List.of("/bin/sh", "-c", "trap '' USR1 USR2; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        plugin.ifPresent(jar -> command.add("-Devergate.generation.args=" + arguments(build, jar)));
        command.add("@" + build.resolve("lib").resolve(program + ".args"));
        command.addAll(List.of("gateway", "run", "--state-dir", stateDir.toString()));
        if (isPortGiven) {
            command.addAll(List.of("--port", Integer.toString(port)));
        }
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectErrorStream(true)
                .redirectOutput(console.orElse(root.resolve("output.log")).toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("EVERGATE_") || name.startsWith("OPENCLAW_"));
        builder.environment().put("HOME", root.toString());
        builder.environment().put("_JAVA_SR_SIGNUM", "62");
        builder.environment().putAll(environment);
        try {
            return new GatewayProcess(builder.start(), root, stateDir, port, certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The build's arguments for a generation, with one more jar and without a startup cache. */
    private Path arguments(Path build, Path jar) {
        try {
            String given = Files.readString(build.resolve("lib/generation.args"));
            String changed =
                    given.replaceAll("(?m)^-p \"(.*)\"$", "-p \"$1:" + jar + "\"")
                            .replaceAll("(?m)^.*AOTCache.*$", "");
            return Files.writeString(root.resolve("generation.args"), changed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
