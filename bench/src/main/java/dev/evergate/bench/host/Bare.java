package dev.evergate.bench.host;

import dev.evergate.bench.load.BareServer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link BareServer} in a process of its own, with the JVM flags of a generation. One thread. */
public final class Bare implements AutoCloseable {
    private final Process process;
    private final int port;

    private Bare(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static Bare start(Build build, String... mode) throws IOException {
        Path flags = Files.createTempFile(build.work(), "bare", ".args");
        Files.write(flags, build.generationFlags());
        List<String> command = new ArrayList<>();
        // A generation is a session of its own; Linux shares a busy machine by sessions.
        command.add("setsid");
        command.add(Build.java());
        command.add("@" + flags);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Dslf4j.internal.verbosity=ERROR");
        command.add("-Djava.library.path=" + System.getProperty("java.library.path"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(BareServer.class.getName());
        command.addAll(List.of(mode));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(build.work().resolve("bare.log").toFile());
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String port = out.readLine();
        if (port == null) {
            throw new IOException("the bare server did not start: " + command);
        }
        return new Bare(process, Integer.parseInt(port));
    }

    public int port() {
        return port;
    }

    public double cpuMs() throws IOException {
        return Proc.cpu(process.pid()).ownMs();
    }

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
