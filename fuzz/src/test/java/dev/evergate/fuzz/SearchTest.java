package dev.evergate.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks with Jazzer for inputs that break a target, {@code evergate.fuzz.seconds} each, and prints
 * how many it has tried. What it finds is written down as a line for the corpus. With {@code
 * evergate.fuzz.keep} the smallest set of inputs that gets everywhere becomes the corpus.
 */
@Tag("S19")
@Tag("full")
class SearchTest {
    private static final int SECONDS = Integer.getInteger("evergate.fuzz.seconds", 15);
    private static final String ONLY = System.getProperty("evergate.fuzz.only", "");
    private static final boolean IS_KEPT = Boolean.getBoolean("evergate.fuzz.keep");
    private static final Corpus CORPUS = new Corpus(Path.of("corpus"));

    /** Longer inputs find nothing that shorter ones do not, and are read by nobody. */
    private static final int KEPT_BYTES_MAX = 512;

    private static final int INPUT_BYTES_MAX = 4096;
    private static final long START_S_MAX = 300;
    private static final long MERGE_S_MAX = 900;
    private static final String SANITIZERS = "com.code_intelligence.jazzer.sanitizers.";
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+) ft: (\\d+)");
    private static final Pattern FOUND = Pattern.compile("Base64: (\\S*)");
    private static final Pattern REASON = Pattern.compile("== Java Exception: (.*)");

    @TempDir private Path folder;

    @TestFactory
    Stream<DynamicTest> findsNothingMore() {
        return Targets.names().stream()
                .filter(name -> ONLY.isEmpty() || List.of(ONLY.split(",")).contains(name))
                .map(name -> DynamicTest.dynamicTest(name, () -> search(name)));
    }

    private void search(String name) throws Exception {
        Path found = Files.createDirectories(folder.resolve(name + "/found"));
        Path known = folder.resolve(name + "/known");
        CORPUS.unpack(name, known);

        String output =
                run(
                        name,
                        START_S_MAX + SECONDS,
                        "-max_total_time=" + SECONDS,
                        "-max_len=" + INPUT_BYTES_MAX,
                        "-artifact_prefix=" + found.getParent() + File.separator,
                        found.toString(),
                        known.toString());

        Matcher input = FOUND.matcher(output);
        Matcher reason = REASON.matcher(output);
        if (input.find()) {
            throw new AssertionError(
                    "%s; a line for corpus/%s.b64 is %s"
                            .formatted(reason.find() ? reason.group(1) : "", name, input.group(1)));
        }
        Matcher done = DONE.matcher(output);
        assertThat(done.find()).as(output).isTrue();
        String covered =
                COVERED.matcher(output).results().reduce((_, last) -> last).orElseThrow().group();
        System.out.printf(
                "fuzz: %s: %s inputs in %s s, %s%n", name, done.group(1), done.group(2), covered);
        if (IS_KEPT) {
            keep(name, found, known);
        }
    }

    private void keep(String name, Path found, Path known) throws Exception {
        Path smallest = Files.createDirectories(folder.resolve(name + "/smallest"));
        String output =
                run(
                        name,
                        MERGE_S_MAX,
                        "-set_cover_merge=1",
                        "-max_len=" + KEPT_BYTES_MAX,
                        smallest.toString(),
                        known.toString(),
                        found.toString());
        assertThat(output).contains("new files with");
        CORPUS.pack(name, smallest);
    }

    /**
     * A process that cannot go on after a finding; it also runs itself, by the name of a command.
     */
    private String run(String name, long secondsMax, String... arguments) throws Exception {
        Path home = Files.createDirectories(folder.resolve(name + "/bin"));
        List<String> command = new ArrayList<>(List.of(command(name)));
        Path itself = home.resolve("jazzer");
        Files.writeString(itself, "#!/bin/sh\nexec '" + String.join("' '", command) + "' \"$@\"\n");
        Files.setPosixFilePermissions(itself, PosixFilePermissions.fromString("rwx------"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve(name + "/output");
        ProcessBuilder jazzer =
                new ProcessBuilder(command)
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        jazzer.environment().merge("PATH", home.toString(), (path, own) -> own + ":" + path);
        Process process = jazzer.start();
        try {
            assertThat(process.waitFor(secondsMax, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return read(output);
    }

    private static String read(Path output) throws IOException {
        return Files.readString(output, StandardCharsets.ISO_8859_1);
    }

    private static String[] command(String name) {
        return new String[] {
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx700m",
            "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Devergate.fuzz.target=" + name,
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + Search.class.getName(),
            "--instrumentation_includes="
                    + "dev.evergate.**:io.netty.handler.codec.http.**:tools.jackson.core.**",
            // Its watch over the whole of Java breaks a class of Netty before it begins.
            "--custom_hook_includes=dev.evergate.**",
            // Two of its watchers take memory for each expression that is looked for.
            "--disabled_hooks=" + SANITIZERS + "RegexInjection:" + SANITIZERS + "RegexRoadblocks",
            "-timeout=120",
            "-rss_limit_mb=3000"
        };
    }
}
