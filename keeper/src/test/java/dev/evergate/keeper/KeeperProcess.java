package dev.evergate.keeper;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A real keeper with {@link FakeGeneration}s, for tests. */
final class KeeperProcess implements AutoCloseable {
    static final long PATIENCE_MS = 60_000;

    private final Path folder;
    private final Path state;
    private final Process process;

    private KeeperProcess(Path folder, Path state, Process process) {
        this.folder = folder;
        this.state = state;
        this.process = process;
    }

    /** Starts one whose state is below the folder, with this behaviour of its generations. */
    static KeeperProcess start(Path folder, String behaviour) throws Exception {
        Path state = Files.createDirectories(folder.resolve("state"));
        Files.writeString(state.resolve("behaviour"), behaviour);
        return start(folder, 0, Map.of());
    }

    static KeeperProcess start(Path folder, int port, Map<String, String> environment)
            throws Exception {
        return start(folder, command(folder, folder.resolve("state"), port), environment);
    }

    /** Starts one with this command, perhaps below something else. */
    static KeeperProcess start(Path folder, List<String> command, Map<String, String> environment)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.environment().put("_JAVA_SR_SIGNUM", "62");
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("console").toFile()));
        return new KeeperProcess(folder, folder.resolve("state"), builder.start());
    }

    /** What a keeper is started with. */
    static List<String> command(Path folder, Path state, int port) throws Exception {
        String classPath = classPath();
        Path arguments = folder.resolve("generation.args");
        Files.writeString(
                arguments,
                "-Xint -Xmx32m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp \""
                        + classPath
                        + "\"\n"
                        + FakeGeneration.class.getName());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xint", "-Xmx24m", "-XX:+UseSerialGC"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-D" + GenerationLauncher.ARGUMENT_FILE_PROPERTY + "=" + arguments);
        command.addAll(List.of("-cp", classPath, Keeper.class.getName()));
        command.addAll(List.of("--state-dir", state.toString(), "--port", Integer.toString(port)));
        return command;
    }

    static String classPath() throws Exception {
        return classes(Keeper.class) + ":" + classes(FakeGeneration.class);
    }

    private static String classes(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    Path state() {
        return state;
    }

    long pid() {
        return process.pid();
    }

    void behave(String behaviour) throws IOException {
        Files.writeString(state.resolve("behaviour"), behaviour);
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    void killGeneration() throws Exception {
        ProcessControl.signal(owner().generationPid(), ProcessControl.SIGKILL);
    }

    Owner owner() throws IOException {
        try (KeeperClient client = KeeperClient.connect(state)) {
            return client.who();
        }
    }

    /** Waits until this generation or a later one serves. */
    Owner awaitServing(long generation) throws Exception {
        return await(
                "generation " + generation + " serves",
                () -> {
                    Owner owner = owner();
                    boolean isServing = owner.phase().equals("serving");
                    return isServing && owner.generation() >= generation ? owner : null;
                });
    }

    int awaitExit() throws Exception {
        return awaitExit(PATIENCE_MS);
    }

    int awaitExit(long patienceMs) throws Exception {
        if (!process.waitFor(patienceMs, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The keeper did not end. " + console());
        }
        return process.exitValue();
    }

    int port() throws Exception {
        return await(
                "a port is open", () -> Integer.parseInt(Files.readString(state.resolve("port"))));
    }

    String console() throws IOException {
        return Files.readString(folder.resolve("console"));
    }

    String log() throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.newDirectoryStream(state.resolve("logs"), "*.jsonl")) {
            for (Path file : files) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    /** One connection with a request: the whole answer. */
    static String get(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout((int) PATIENCE_MS);
            socket.getOutputStream()
                    .write(
                            "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Asks again and again until there is a result that is not null and does not throw. */
    <T> T await(String what, Callable<@org.jspecify.annotations.Nullable T> question)
            throws Exception {
        long end = HostTime.monotonicMs() + PATIENCE_MS;
        Exception last = new IllegalStateException("not yet");
        while (HostTime.monotonicMs() < end) {
            try {
                T answer = question.call();
                if (answer != null) {
                    return answer;
                }
            } catch (Exception e) {
                last = e;
            }
            HostTime.sleep(10);
        }
        throw new AssertionError("Waited for: " + what + ". " + console() + log(), last);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
