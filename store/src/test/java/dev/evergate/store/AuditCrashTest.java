package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.AuditCheck;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.AuditTrail.Mark;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was written down stays written down, whoever is killed and whatever the disk refuses. */
@Tag("S18")
final class AuditCrashTest {
    private static final int LIVES = 2;
    private static final int LINES = 40;

    @TempDir private Path home;

    @Test
    @Tag("process")
    void twoGenerationsThatAreKilledAtOnceLeaveOneWholeChain() throws Exception {
        Path data = home.resolve("data");
        try (var fixture = new StoreFixture(data)) {
            fixture.store.audit().append(note("test"));
        }
        List<Mark> told = new ArrayList<>();
        for (int life = 0; life < LIVES; life++) {
            Process old = start(data, "old");
            Process next = start(data, "next");
            try {
                told.addAll(read(old, LINES));
                told.addAll(read(next, LINES));
            } finally {
                old.toHandle().destroyForcibly();
                next.toHandle().destroyForcibly();
                old.waitFor();
                next.waitFor();
            }
        }

        var world = new RealWorld(new FaultHandler());
        try (AuditFile log = AuditFile.open(data, world)) {
            AuditCheck check = AuditCheck.of(log, told);
            assertThat(check.findings()).isEmpty();
            assertThat(told).hasSize(2 * LIVES * LINES).doesNotHaveDuplicates();
            assertThat(check.entries()).isGreaterThan(told.size());
        } finally {
            world.close();
        }
    }

    @Test
    void aDiskThatRefusesLeavesNoHalfEntryAndHeals() {
        try (var fixture = new StoreFixture(home.resolve("data"))) {
            fixture.store.audit().append(note("one"));
            fixture.disk.failSyncs(1);

            assertThatThrownBy(() -> fixture.store.audit().append(note("lost")))
                    .isInstanceOfSatisfying(
                            EvergateException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE));

            assertThat(fixture.store.audit().append(note("two")).seq()).isEqualTo(2);
            assertThat(AuditCheck.of(fixture.store.audit(), List.of()).findings()).isEmpty();
        }
    }

    private Process start(Path data, String name) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AuditPrinter.class.getName(),
                        data.toString(),
                        name)
                .redirectError(home.resolve("errors-" + name).toFile())
                .start();
    }

    private static List<Mark> read(Process process, int lines) throws IOException {
        List<Mark> marks = new ArrayList<>();
        var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        for (int i = 0; i < lines; i++) {
            String line = output.readLine();
            assertThat(line).as("what a generation says").isNotNull();
            String[] words = line.split(" ");
            marks.add(new Mark(Long.parseLong(words[0]), words[1]));
        }
        return marks;
    }

    private static Note note(String client) {
        return new Note(
                1,
                1,
                0,
                new Actor("token", "", "", client, "", "127.0.0.1"),
                new Act("config.patch", "", "operator.admin", ""),
                Note.ASKED,
                1);
    }
}
