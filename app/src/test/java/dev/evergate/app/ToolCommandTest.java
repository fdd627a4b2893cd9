package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.os.Os;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

class ToolCommandTest {
    private static final int USR1 = 10;
    private static final int USR2 = 12;

    @TempDir Path folder;

    static boolean isSupported() {
        return Os.isSupported();
    }

    /** Stands for a generation: its parent made it ignore two signals, and it handles them. */
    public static final class Parent {
        public static void main(String[] command) throws Exception {
            Signals.on("USR1", () -> {});
            Signals.on("USR2", () -> {});
            List<String> words = new ArrayList<>(List.of(command));
            boolean isPlain = words.getFirst().equals("plain");
            Process child =
                    isPlain
                            ? new ProcessBuilder(words.subList(1, words.size())).start()
                            : ToolCommand.of(words).start();
            child.waitFor();
            System.exit(7);
        }
    }

    @Test
    void keepsWhatAProgramNeedsAndNothingElse() {
        Map<String, String> environment = new HashMap<>();
        for (String name :
                List.of(
                        "PATH",
                        "HOME",
                        "EVERGATE_STATE_DIR",
                        "GITHUB_TOKEN",
                        "NOTIFY_SOCKET",
                        "WATCHDOG_USEC",
                        "WATCHDOG_PID",
                        "LISTEN_FDS",
                        "LISTEN_PID",
                        "_JAVA_SR_SIGNUM",
                        "EVERGATE_KEEPER_SOCKET",
                        "EVERGATE_GENERATION",
                        "EVERGATE_GATEWAY_TOKEN",
                        "OPENCLAW_GATEWAY_TOKEN",
                        "OPENCLAW_GATEWAY_PASSWORD")) {
            environment.put(name, "value");
        }

        ToolCommand.clean(environment);

        assertThat(environment)
                .containsOnlyKeys("PATH", "HOME", "EVERGATE_STATE_DIR", "GITHUB_TOKEN");
    }

    @Test
    @Tag("process")
    @EnabledIf("isSupported")
    void aProgramThatEndsItsGroupLeavesItsParentAlone() throws Exception {
        assertThat(run("sh", "-c", "kill -KILL 0")).isEqualTo(7);
    }

    /** The check above does notice a program that ends its parent. */
    @Test
    @Tag("process")
    @EnabledIf("isSupported")
    void aProgramInTheGroupOfItsParentEndsIt() throws Exception {
        assertThat(run("plain", "sh", "-c", "kill -KILL 0")).isEqualTo(137);
    }

    @Test
    @Tag("process")
    @EnabledIf("isSupported")
    void aProgramIsAloneInItsSessionAndIgnoresNoSignal() throws Exception {
        Path said = folder.resolve("said");
        String script = "cat /proc/self/stat /proc/self/status > " + said + ".new; mv " + said;

        run("sh", "-c", script + ".new " + said);

        Wait.until("it has said what it is", () -> Files.exists(said));
        String text = Files.readString(said);
        String[] stat = text.substring(text.indexOf(')') + 2).split(" ");
        assertThat(stat[3]).as("session is the group of the shell").isEqualTo(stat[2]);
        long ignored = Long.parseLong(line(text, "SigIgn:"), 16);
        assertThat(ignored & (1L << (USR1 - 1) | 1L << (USR2 - 1))).isZero();
    }

    private static String line(String text, String key) {
        return text.lines()
                .filter(each -> each.startsWith(key))
                .map(each -> each.substring(key.length()).strip())
                .findFirst()
                .orElseThrow();
    }

    /** The status of a parent, in a session of its own, that runs the program. */
    private int run(String... command) throws Exception {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("setsid", "-w", "sh", "-c", "trap '' USR1 USR2; exec \"$@\"", "sh"));
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-Xint", "-XX:+UseSerialGC"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path")));
        words.add(Parent.class.getName());
        words.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("_JAVA_SR_SIGNUM", "62");
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile());
        Process parent = builder.start();
        try {
            assertThat(parent.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return parent.exitValue();
        } finally {
            parent.descendants().forEach(ProcessHandle::destroyForcibly);
            parent.destroyForcibly();
        }
    }
}
