package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.process.FreePort;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The product below programs that watch one pid and start it again. */
@Tag("process")
@Tag("I4")
class SupervisorsTest {
    private static final long PATIENCE_MS = 30_000;

    @TempDir Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private int port;

    /** A real one; {@code DIR} stands for its folder. Each writes the last exit code to a file. */
    enum Supervisor {
        RUNIT(
                "runsv",
                "exec runsv DIR",
                "cat DIR/supervise/pid",
                "sv 1 DIR",
                "sv -w 20 down DIR",
                "sv exit DIR"),
        S6(
                "s6-supervise",
                "exec s6-supervise DIR",
                "s6-svstat -o pid DIR",
                "s6-svc -1 DIR",
                "s6-svc -wd -T 20000 -d DIR",
                "s6-svc -x DIR"),
        SUPERVISORD(
                "supervisord",
                "exec supervisord -n -c DIR/conf",
                "supervisorctl -c DIR/conf pid evergate",
                "supervisorctl -c DIR/conf signal USR1 evergate",
                "supervisorctl -c DIR/conf stop evergate; sed -n"
                        + " 's/.*stopped: evergate (exit status \\([0-9]*\\)).*/\\1/p' DIR/log"
                        + " >DIR/exit",
                "supervisorctl -c DIR/conf shutdown");

        private final String program;
        private final String run;
        private final String pid;
        private final String restart;
        private final String stop;
        private final String end;

        Supervisor(
                String program, String run, String pid, String restart, String stop, String end) {
            this.program = program;
            this.run = run;
            this.pid = pid;
            this.restart = restart;
            this.stop = stop;
            this.end = end;
        }
    }

    @BeforeEach
    void choosePort() {
        try (RealWorld world = new RealWorld(Throwable::printStackTrace)) {
            port = FreePort.find(world.entropy());
        }
    }

    @ParameterizedTest
    @EnumSource(Supervisor.class)
    void watchesOnePidThroughRestartsBringsItBackAndStopsIt(Supervisor supervisor)
            throws Exception {
        assumeTrue(
                succeeds("command -v " + supervisor.program),
                supervisor.program + " is not installed here");
        writeService();
        Process running = start("sh", "-c", in(supervisor.run));
        try {
            awaitGeneration(1);
            long first = pid(supervisor);
            assertThat(succeeds(in(supervisor.restart))).isTrue();
            awaitGeneration(2);
            assertThat(pid(supervisor)).isEqualTo(first);

            assertThat(succeeds("kill -9 " + first)).isTrue();
            awaitGeneration(3);
            assertThat(pid(supervisor)).isNotEqualTo(first);

            succeeds(in(supervisor.stop));
            Path exit = folder.resolve("exit");
            // The one before, of the kill, may stand there first.
            Wait.until(
                    () -> "the exit code is 0, not " + lastLine(exit),
                    () -> lastLine(exit).equals("0"));
        } finally {
            succeeds(in(supervisor.end));
            end(running);
        }
    }

    private static String lastLine(Path file) {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.isEmpty() ? "" : lines.getLast();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void asProcessOneItReapsStrangersAndStops() throws Exception {
        assumeTrue(succeeds("unshare -pf --mount-proc true"), "pid namespaces are not permitted");
        List<String> command = new ArrayList<>(List.of("unshare", "-pf", "--mount-proc"));
        command.addAll(gateway());
        Process unshare = start(command.toArray(String[]::new));
        try {
            awaitGeneration(1);
            ProcessHandle keeper = unshare.children().findFirst().orElseThrow();
            // Orphans of a namespace go to its process 1.
            assertThat(succeeds("nsenter -t %d -p -m sh -c 'sleep 0.1 &'".formatted(keeper.pid())))
                    .isTrue();
            Wait.until("nobody but the generation is left", () -> keeper.children().count() == 1);
            assertThat(succeeds("kill -TERM " + keeper.pid())).isTrue();

            assertThat(unshare.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(unshare.exitValue()).isZero();
        } finally {
            end(unshare);
        }
    }

    private List<String> gateway() {
        String dist = System.getProperty("evergate.dist", "");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "@" + Path.of(dist, "lib", "keeper.args"),
                "gateway",
                "run",
                "--state-dir",
                folder.resolve("state").toString(),
                "--port",
                Integer.toString(port));
    }

    /** What each of them wants to find. */
    private void writeService() throws IOException {
        String command = "'" + String.join("' '", gateway()) + "'";
        script(
                "run",
                "#!/bin/sh\nexport EVERGATE_SUPERVISED=1 _JAVA_SR_SIGNUM=62\ntrap '' USR1 USR2\n"
                        + "exec 2>&1 >>'"
                        + folder.resolve("output")
                        + "'\nexec "
                        + command
                        + "\n");
        script("finish", "#!/bin/sh\necho \"$1\" >'" + folder.resolve("exit") + "'\n");
        Files.writeString(
                folder.resolve("conf"),
                """
                [unix_http_server]
                file=DIR/sock
                [supervisorctl]
                serverurl=unix://DIR/sock
                [rpcinterface:supervisor]
                supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
                [supervisord]
                logfile=DIR/log
                pidfile=DIR/supervisord.pid
                childlogdir=DIR
                [program:evergate]
                command=DIR/run
                autorestart=true
                startsecs=0
                stopwaitsecs=20
                """
                        .replace("DIR", folder.toString()));
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private String in(String command) {
        return command.replace("DIR", folder.toString());
    }

    private long pid(Supervisor supervisor) throws Exception {
        Process asked = new ProcessBuilder("sh", "-c", in(supervisor.pid)).start();
        String answer =
                new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        asked.waitFor();
        return Long.parseLong(answer);
    }

    private Process start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment
                .keySet()
                .removeIf(name -> name.startsWith("EVERGATE_") || name.startsWith("OPENCLAW_"));
        environment.put("HOME", folder.toString());
        environment.put("_JAVA_SR_SIGNUM", "62");
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile()));
        return builder.start();
    }

    private boolean succeeds(String command) throws Exception {
        Process process = start("sh", "-c", command);
        return process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS) && process.exitValue() == 0;
    }

    private void awaitGeneration(int number) {
        Wait.until(
                () -> "generation " + number + " serves; " + output(),
                () -> ready().contains("\"generation\":" + number));
    }

    private String ready() throws InterruptedException {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port + "/readyz");
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException e) {
            return "";
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Everything below it, too, and whatever still uses our folder. */
    private void end(Process process) throws Exception {
        process.waitFor(2, TimeUnit.SECONDS);
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        ProcessHandle.allProcesses().filter(this::isOurs).forEach(all::add);
        all.forEach(ProcessHandle::destroyForcibly);
        Wait.until("all is over", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        http.shutdownNow();
    }

    private boolean isOurs(ProcessHandle process) {
        try {
            Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
            return Files.readString(environment, StandardCharsets.ISO_8859_1)
                    .contains("HOME=" + folder + "\0");
        } catch (IOException e) {
            return false; // Gone, or not ours to see.
        }
    }
}
