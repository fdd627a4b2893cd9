package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions.Query;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Kills a process that uses the store, again and again, and compares what it was told with what it
 * finds afterwards.
 */
@Tag("process")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class KillTest {
    private static final int LIVES = 10;
    private static final int LINES_MAX = 3_000;

    private final RealWorld world = new RealWorld(new FaultHandler());

    /** What the killed processes said. */
    private record Told(Set<String> accepted, Set<String> answered, Set<String> refused) {
        Told() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        }

        void note(String line) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "accepted" -> accepted.add(words[1]);
                case "answered" -> answered.add(words[1]);
                case "refused" -> refused.add(words[1]);
                default -> throw new AssertionError("unexpected: " + line);
            }
        }

        void addAll(Told more) {
            accepted.addAll(more.accepted);
            answered.addAll(more.answered);
        }
    }

    @TempDir private Path home;

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    @Tag("I17")
    @Tag("I24")
    @Tag("I32")
    void losesNothingThatWasAcknowledged(TestReporter reporter) throws Exception {
        Told all = new Told();
        for (int life = 0; life < LIVES; life++) {
            Told told = liveAndDie(AckPrinter.Honesty.AFTER_COMMIT);

            try (SqlStore store = SqlStore.open(home.resolve("data"), world)) {
                assertThat(lost(store, told)).as("of %s", told).isEmpty();
                assertTurnsAreWhole(store);
            }
            all.addAll(told);
        }
        try (SqlStore store = SqlStore.open(home.resolve("data"), world)) {
            assertThat(lost(store, all)).isEmpty();
        }
        reporter.publishEntry(
                Map.of(
                        "kills", String.valueOf(LIVES),
                        "accepted", String.valueOf(all.accepted().size()),
                        "answered", String.valueOf(all.answered().size()),
                        "lost", "0"));
        assertThat(all.accepted()).hasSizeGreaterThan(LIVES);
    }

    @Test
    void catchesAProcessThatAcknowledgesBeforeTheCommit() throws Exception {
        List<String> lost = List.of();
        for (int life = 0; life < LIVES && lost.isEmpty(); life++) {
            Told told = liveAndDie(AckPrinter.Honesty.BEFORE_COMMIT);
            try (SqlStore store = SqlStore.open(home.resolve("data"), world)) {
                lost = lost(store, told);
            }
        }

        assertThat(lost).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"fsync,fdatasync\", EIO, 60..75",
                "pwrite64, ENOSPC, 1000..1100",
                "pwrite64, EIO, 1000..1100"
            })
    @Tag("I27")
    @Tag("I29")
    void acknowledgesNothingThatTheDiskRefusedAndHeals(String calls, String error, String when)
            throws Exception {
        List<String> badDisk =
                List.of(
                        "strace",
                        "-D",
                        "-f",
                        "--seccomp-bpf",
                        "-o",
                        home.resolve("strace").toString(),
                        "-e",
                        "trace=" + calls,
                        "-e",
                        "inject=%s:error=%s:when=%s".formatted(calls, error, when));
        assumeTrue(works(badDisk), "needs a strace that may trace");

        Told told = liveAndDie(badDisk, AckPrinter.Honesty.AFTER_COMMIT, LINES_MAX);

        assertThat(told.refused()).isNotEmpty();
        assertThat(told.accepted()).hasSizeGreaterThan(LINES_MAX / 2);
        try (SqlStore store = SqlStore.open(home.resolve("data"), world)) {
            assertThat(lost(store, told)).isEmpty();
            assertTurnsAreWhole(store);
        }
    }

    private static boolean works(List<String> prefix) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private Told liveAndDie(AckPrinter.Honesty honesty) throws IOException, InterruptedException {
        int lines = 1 + (int) (world.entropy().fraction() * LINES_MAX);
        return liveAndDie(List.of(), honesty, lines);
    }

    /** One life: reads some lines, kills, and returns all that was said until then. */
    private Told liveAndDie(List<String> prefix, AckPrinter.Honesty honesty, int lines)
            throws IOException, InterruptedException {
        Told told = new Told();
        Path errors = home.resolve("errors");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AckPrinter.class.getName(),
                        home.resolve("data").toString(),
                        honesty.name()));
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try (var output =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < lines; i++) {
                String line = output.readLine();
                assertThat(line).as(() -> text(errors)).isNotNull();
                told.note(line);
            }
            // Not Process.destroyForcibly: it would also close the stream that is still to be read.
            process.toHandle().destroyForcibly();
            // Whole lines only: the last one may be torn, and then nobody was told.
            String rest = output.readAllAsString();
            rest.substring(0, rest.lastIndexOf('\n') + 1).lines().forEach(told::note);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return told;
    }

    private List<String> lost(SqlStore store, Told told) {
        List<String> lost = new ArrayList<>();
        for (String key : told.accepted()) {
            if (store.inbox().findByRun(key).isEmpty()) {
                lost.add(key);
            }
        }
        for (String key : told.answered()) {
            Optional<Fate> fate = store.inbox().findByRun(key).map(AcceptedMessage::fate);
            if (!fate.equals(Optional.of(Fate.ANSWERED))) {
                lost.add(key);
            }
        }
        return lost;
    }

    /** State, rows and fate of a turn came into being together; positions have no gaps. */
    private static void assertTurnsAreWhole(SqlStore store) {
        for (Session session : store.sessions().list(new Query(100, 0, "", "")).sessions()) {
            List<TranscriptRow> rows = store.sessions().after(session.sessionId(), 0, 1_000_000);
            assertThat(rows)
                    .extracting(TranscriptRow::seq)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, session.lastSeq()).boxed().toList());
            Map<String, List<TranscriptRow>> byRun =
                    rows.stream().collect(Collectors.groupingBy(TranscriptRow::runId));
            for (String run : byRun.keySet()) {
                boolean isDone = store.turns().find(run).orElseThrow().state() == Turn.State.DONE;
                boolean isAnswered =
                        store.inbox().findByRun(run).orElseThrow().fate() == Fate.ANSWERED;
                assertThat(isDone).isEqualTo(isAnswered);
                assertThat(byRun.get(run)).hasSize(isDone ? 2 : 1);
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "no output: " + e;
        }
    }
}
