package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.store.SqlStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The audit log is read where it is, with or without a gateway. */
@Tag("S18")
final class AuditCommandsTest {
    private final CommandBench bench;

    AuditCommandsTest(@TempDir Path home) {
        bench = new CommandBench(home);
    }

    @AfterEach
    void end() {
        bench.close();
    }

    @Test
    void listsWhoDidWhat() {
        try (SqlStore store = filled()) {
            var all = bench.run("audit", "list");
            assertThat(all.exit()).isZero();
            assertThat(all.answer())
                    .containsSubsequence(
                            "3", "token cli/cli device d1 10.1.2.3", "connect", "ok (12 times)")
                    .containsSubsequence("2", "config.patch", "ok (of 1)", "deviceId=d2 with raw")
                    .containsSubsequence("1", "config.patch", "asked");

            JsonNode one =
                    JsonMapper.shared()
                            .readTree(
                                    bench.run(
                                                    "audit",
                                                    "list",
                                                    "--json",
                                                    "--actor",
                                                    "10.1.2.3",
                                                    "--action",
                                                    "config.",
                                                    "--limit",
                                                    "1",
                                                    "--since",
                                                    "5m")
                                            .answer());
            assertThat(one.path("ok").asBoolean()).isTrue();
            assertThat(one.path("entries")).hasSize(1);
            assertThat(one.at("/entries/0/seq").asInt()).isEqualTo(2);
            assertThat(one.at("/entries/0/actor/device").asString()).isEqualTo("d1");
            assertThat(bench.run("audit", "list", "--limit", "2").notes())
                    .contains("Older ones: evergate audit list --before 2");
            assertThat(bench.run("audit", "list", "--since", "2040-01-01T00:00:00Z").notes())
                    .contains("Nothing of that");
            assertThat(bench.run("audit", "list", "--since", "soon").exit()).isEqualTo(2);
            assertThat(store.audit().after(0, 10)).hasSize(3);
        }
    }

    @Test
    void saysWhetherItIsAsItWasWritten() throws IOException {
        filled().close();

        var whole = bench.run("audit", "verify");
        assertThat(whole.exit()).isZero();
        assertThat(whole.answer()).startsWith("3 entries, all as they were written. The end: 3:");
        String end = whole.answer().substring(whole.answer().indexOf("3:", 30)).strip();
        assertThat(bench.run("audit", "verify", "--holds", end).exit()).isZero();
        assertThat(bench.run("audit", "verify", "--holds", "9" + end).answer())
                .contains("entry 4: it is missing, with all up to 93");
        assertThat(bench.run("audit", "verify", "--holds", "x").exit()).isEqualTo(2);

        overwrite("config.patch", "config.apply");

        var changed = bench.run("audit", "verify", "--json");
        assertThat(changed.exit()).isEqualTo(1);
        JsonNode found = JsonMapper.shared().readTree(changed.answer());
        assertThat(found.path("ok").asBoolean()).isFalse();
        assertThat(found.at("/findings/0/what").asString()).isEqualTo("it has been changed");
    }

    @Test
    void saysThatThereIsNoLogYet() {
        var none = bench.run("audit", "verify");

        assertThat(none.exit()).isEqualTo(70);
        assertThat(none.notes()).contains("evergate.db");
    }

    private SqlStore filled() {
        SqlStore store = SqlStore.open(bench.state.data(), bench.world);
        store.audit().append(note(0, "config.patch", Note.ASKED, 1));
        store.audit().append(note(1, "config.patch", Note.OK, 1));
        store.audit().append(note(0, "connect", Note.OK, 12));
        return store;
    }

    private Note note(long answers, String action, String result, long times) {
        return new Note(
                bench.world.time().wallMillis(),
                7,
                answers,
                new Actor("token", "d1", "", "cli/cli", "", "10.1.2.3"),
                new Act(action, "deviceId=d2", "operator.admin", "with raw"),
                result,
                times);
    }

    /** As somebody who has the file, and no SQLite. */
    private void overwrite(String text, String other) throws IOException {
        Path file = bench.state.data().resolve("evergate.db");
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
                int _ =
                        channel.write(
                                ByteBuffer.wrap(other.getBytes(StandardCharsets.US_ASCII)), at);
            }
        }
    }
}
