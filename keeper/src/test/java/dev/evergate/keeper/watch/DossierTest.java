package dev.evergate.keeper.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.os.OpenFiles;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.testkit.time.FairWatch;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

@Tag("process")
class DossierTest {
    private static final int SIGSTOP = 19;
    private static final long BUDGET_MS = 10_000;

    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    /** A JVM that waits, as a program of its own. */
    public static final class Waiting {
        public static void main(String[] args) throws Exception {
            new ProcessBuilder("sleep", "300").start();
            Files.writeString(Path.of(args[0]), "");
            Thread.sleep(300_000);
        }
    }

    @Test
    void aJvmThatAnswersSaysItself() throws Exception {
        Path errors = folder.resolve("errors");
        Path isUp = folder.resolve("up");
        Process process = start(errors, isUp);
        try {
            await(isUp);

            String summary = write(process, errors, "main");

            assertThat(summary)
                    .contains("children (1): sleep (pid ")
                    .contains("\"main\" #")
                    .contains("Thread.sleep");
            assertThat(onlyDump())
                    .contains("it waits")
                    .contains("Finalizer: state S in futex")
                    .contains("java.lang.Thread.State: TIMED_WAITING");
        } finally {
            end(process);
        }
    }

    @Test
    void aStoppedOneIsDescribedByTheKernelAndNotAsked() throws Exception {
        Path errors = folder.resolve("errors");
        Path isUp = folder.resolve("up");
        Process process = start(errors, isUp);
        try {
            await(isUp);
            ProcessControl.signal(process.pid(), SIGSTOP);
            // The signal is on its way until a core has time for it.
            await(() -> Testimony.state(process.pid()) == 'T');

            FairWatch watch = FairWatch.start();
            String summary = write(process, errors, "main");

            assertThat(watch.ms()).isLessThan(BUDGET_MS);
            assertThat(summary).contains("process in state T");
            assertThat(onlyDump()).contains("state T in do_signal_stop").contains("syscall ");
            assertThat(errors).isEmptyFile();
        } finally {
            end(process);
        }
    }

    @Test
    void keepsTheNewestTwentyForTheOwnerAlone() throws Exception {
        Path dumps = Files.createDirectory(folder.resolve("dumps"));
        for (int i = 0; i < 30; i++) {
            Path old = Files.writeString(dumps.resolve("generation-" + i + ".txt"), "old");
            assertThat(old.toFile().setLastModified(1_000_000L + i * 1_000L)).isTrue();
        }
        Process process = new ProcessBuilder("sleep", "300").start();
        try {
            write(process, folder.resolve("errors"), "");
        } finally {
            process.destroyForcibly();
        }

        try (Stream<Path> files = Files.list(dumps)) {
            List<Path> left = files.sorted().toList();
            assertThat(left).hasSize(Dossier.KEPT);
            assertThat(left).contains(dumps.resolve("generation-29.txt"));
            assertThat(left).doesNotContain(dumps.resolve("generation-10.txt"));
            Path newest = left.stream().filter(x -> !read(x).equals("old")).findAny().orElseThrow();
            assertThat(Files.getPosixFilePermissions(newest))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void namesSocketsAndTheirPeers() throws Exception {
        InetAddress here = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket server = new ServerSocket(0, 5, here);
                Socket client = new Socket(here, server.getLocalPort());
                Socket accepted = server.accept()) {
            String address = "127.0.0.1:" + server.getLocalPort();

            assertThat(OpenFiles.tcpSockets(ProcessHandle.current().pid()))
                    .contains(
                            address + " listening",
                            address + " <- 127.0.0.1:" + client.getLocalPort() + " established",
                            "127.0.0.1:" + accepted.getPort() + " <- " + address + " established");
        }
    }

    private String write(Process process, Path errors, String suspect) {
        Dossier.Subject subject =
                new Dossier.Subject(7, process.pid(), "it waits", suspect, errors);
        return Dossier.write(folder.resolve("dumps"), subject, BUDGET_MS);
    }

    private String onlyDump() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("dumps"))) {
            return Files.readString(files.findAny().orElseThrow());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Process start(Path errors, Path isUp) throws Exception {
        Path classes =
                Path.of(Waiting.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        "-XX:+UseSerialGC",
                        "-XX:+DisplayVMOutputToStderr",
                        "-cp",
                        classes.toString(),
                        Waiting.class.getName(),
                        isUp.toString())
                .redirectError(errors.toFile())
                .start();
    }

    private static void await(Path file) {
        await(() -> Files.exists(file));
    }

    private static void await(BooleanSupplier condition) {
        long end = HostTime.monotonicMs() + 20_000;
        while (!condition.getAsBoolean() && HostTime.monotonicMs() < end) {
            HostTime.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
