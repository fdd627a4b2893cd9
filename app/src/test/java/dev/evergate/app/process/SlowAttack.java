package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.process.GatewayProcess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs of Debian's slowhttptest against a gateway, at the same time. For one thread. */
final class SlowAttack implements AutoCloseable {
    private static final int CONNECTIONS = 300;
    private static final int SECONDS = 12;

    private final List<Process> running = new ArrayList<>();

    /** A way to be slow. */
    enum Kind {
        /** A head that goes on and on (slowloris). */
        HEAD("/", "-H -i 2"),
        /** A body that comes byte by byte. */
        BODY("/tools/invoke", "-B -i 2 -s 8192"),
        /** An answer that is hardly read. */
        READ("/assets/large-1.js", "-X -w 512 -y 1024 -n 2 -z 32"),
        /** A thousand ranges of a file. */
        RANGE("/assets/large-1.js", "-R -a 5 -b 3000");

        private final String path;
        private final String options;

        Kind(String path, String options) {
            this.path = path;
            this.options = options;
        }
    }

    private SlowAttack() {}

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/slowhttptest"));
    }

    /** Begins one run of each kind, with 300 connections that come within two seconds. */
    static SlowAttack begin(GatewayProcess gateway, List<Kind> kinds) throws IOException {
        SlowAttack begun = new SlowAttack();
        for (Kind kind : kinds) {
            List<String> command = new ArrayList<>(List.of("/usr/bin/slowhttptest", "-v", "0"));
            command.addAll(List.of("-c", Integer.toString(CONNECTIONS), "-r", "150"));
            command.addAll(List.of("-l", Integer.toString(SECONDS), "-p", "5"));
            command.addAll(List.of("-u", gateway.url().resolve(kind.path).toString()));
            command.addAll(List.of(kind.options.split(" ")));
            begun.running.add(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start());
        }
        return begun;
    }

    /** Waits until all have ended, which they do by themselves. */
    void await() throws InterruptedException {
        for (Process one : running) {
            assertThat(one.waitFor(4L * SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Override
    public void close() {
        running.forEach(Process::destroyForcibly);
    }
}
