package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditCheck;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.AuditTrail.Mark;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Nobody changes the audit log without being noticed, and without force not at all. */
@Tag("S18")
final class AuditTableTest {
    private static final int ENTRIES = 5;

    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path data;

    @AfterEach
    void end() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit SET result = 'ok'",
                "DELETE FROM audit WHERE seq = 5",
                "DELETE FROM audit WHERE seq = 1",
                "INSERT INTO audit SELECT 7, at_ms, generation, answers, method, device, user, client,"
                        + " connection, address, action, target, scope, detail, result, times,"
                        + " previous, hash FROM audit WHERE seq = 5",
                "INSERT OR REPLACE INTO audit SELECT 5, at_ms, generation, answers, method, device,"
                        + " user, client, connection, address, action, target, scope, detail, result,"
                        + " times, previous, hash FROM audit WHERE seq = 4",
                "INSERT INTO audit_roots VALUES (5, 'ff')",
            })
    void refusesToBeChanged(String sql) {
        try (SqlStore store = filled()) {
            assertThatThrownBy(() -> store.write(c -> c.update(sql)))
                    .isInstanceOf(EvergateException.class)
                    .hasMessageContaining("audit log");

            assertThat(check().isWhole()).isTrue();
            assertThat(check().entries()).isEqualTo(ENTRIES);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seq = seq + 100",
                "at_ms = at_ms + 1",
                "generation = 8",
                "answers = 1",
                "method = 'x'",
                "device = 'x'",
                "user = 'x'",
                "client = 'x'",
                "connection = 'x'",
                "address = 'x'",
                "action = 'x'",
                "target = 'x'",
                "scope = 'x'",
                "detail = 'x'",
                "result = 'x'",
                "times = 2",
                "previous = 'x'",
                "hash = 'x'"
            })
    void findsAnEntryThatWasChangedByForce(String change) {
        filled().close();

        force("audit_is_not_changed", "UPDATE audit SET " + change + " WHERE seq = 3");

        AuditCheck check = check();
        assertThat(check.isWhole()).isFalse();
        assertThat(check.findings().getFirst().seq()).isEqualTo(3);
    }

    @Test
    void findsAnEntryThatWasChangedTogetherWithItsHash() {
        AuditEntry old;
        try (SqlStore store = filled()) {
            old = store.audit().after(2, 1).getFirst();
        }
        AuditEntry forged = AuditEntry.of(3, note("config.get"), old.previous());

        force(
                "audit_is_not_changed",
                "UPDATE audit SET action = 'config.get', hash = '%s' WHERE seq = 3"
                        .formatted(forged.hash()));

        assertThat(check().findings())
                .containsExactly(
                        new AuditCheck.Finding(4, "it does not follow from the one before"));
    }

    @Test
    void findsAnEntryThatWasTakenOut() {
        filled().close();

        force("audit_goes_from_its_beginning", "DELETE FROM audit WHERE seq = 2");

        assertThat(check().findings().getFirst())
                .isEqualTo(new AuditCheck.Finding(2, "it is missing; entry 3 follows"));
    }

    @Test
    void findsEntriesThatChangedPlaces() {
        filled().close();

        force("audit_is_not_changed", "UPDATE audit SET seq = -seq WHERE seq IN (2, 3)");
        force("audit_is_not_changed", "UPDATE audit SET seq = 5 + seq WHERE seq < 0");

        assertThat(check().findings()).isNotEmpty();
        assertThat(check().findings().getFirst().seq()).isEqualTo(2);
    }

    @Test
    void findsThatItsBeginningWasCutOff() {
        filled().close();

        force("audit_goes_from_its_beginning", "DELETE FROM audit WHERE seq < 3");

        assertThat(check().findings().getFirst().what())
                .isEqualTo("it is missing; entry 3 follows");
    }

    @Test
    void findsThatItsEndWasCutOffAndSaysSoForGoodOnceItGoesOn() {
        filled().close();

        force("audit_goes_from_its_beginning", "DELETE FROM audit WHERE seq > 3");

        assertThat(check().findings())
                .containsExactly(new AuditCheck.Finding(4, "it is missing, with all up to 5"));
        try (SqlStore store = open()) {
            store.audit().append(note("connect"));
            store.audit().append(note("connect"));
        }
        assertThat(check().entries()).isEqualTo(6);
        assertThat(check().findings()).hasSize(1);
        assertThat(check().findings().getFirst().seq()).isEqualTo(4);
        assertThat(check().findings().getFirst().what())
                .contains("changed from outside: it had come to entry 5");
    }

    @Test
    void findsThatTheNoteOfItsEndIsGone() throws IOException {
        filled().close();

        Files.delete(data.resolve("audit.head"));

        assertThat(check().findings())
                .containsExactly(
                        new AuditCheck.Finding(5, "the note of where the log ends is missing"));
        try (SqlStore store = open()) {
            store.audit().append(note("connect"));
        }
        assertThat(check().findings().getFirst().what())
                .contains("where it had ended is not known");
    }

    @Test
    void isForItsOwnerAlone() throws IOException {
        filled().close();

        for (String name : List.of("evergate.db", "audit.head")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(data.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void letsGoOnlyWhatIsOldAndGoesOnFromThere() {
        try (SqlStore store = filled()) {
            Epoch epoch = lease(store);
            AuditTable audit = (AuditTable) store.audit();
            long nowMs = Samples.NOW_MS + 4 * 86_400_000L;
            for (int day = 1; day <= 3; day++) {
                audit.append(note("connect", Samples.NOW_MS + day * 86_400_000L));
            }

            audit.prune(epoch, nowMs, Samples.NOW_MS + 86_400_000L, 1_000, 7);

            assertThat(audit.after(0, 100))
                    .extracting(AuditEntry::seq)
                    .containsExactly(6L, 7L, 8L, 9L);
            Note told = audit.after(8, 1).getFirst().note();
            assertThat(told.act().action()).isEqualTo(Audit.ROLLED);
            assertThat(told.act().target())
                    .isEqualTo("entry=5 hash=" + audit.after(5, 1).getFirst().previous());
            assertThat(check().isWhole()).isTrue();
            audit.prune(epoch, nowMs, Samples.NOW_MS + 86_400_000L, 1_000, 7);
            assertThat(check().entries()).isEqualTo(4);
            assertThatThrownBy(() -> audit.prune(new Epoch(99), 0, Long.MAX_VALUE, 1_000, 7))
                    .isInstanceOfSatisfying(
                            EvergateException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));
        }
        try (SqlStore store = open()) {
            store.audit().append(note("connect"));
        }
        assertThat(check().isWhole()).isTrue();
    }

    @Test
    void letsGoWhatIsTooMuchATenthAtATime() {
        try (SqlStore store = open()) {
            Epoch epoch = lease(store);
            AuditTable audit = (AuditTable) store.audit();
            for (int i = 0; i < 25; i++) {
                audit.append(note("connect"));
            }

            audit.prune(epoch, Samples.NOW_MS, 0, 20, 7);
            long first = audit.after(0, 1).getFirst().seq();
            audit.prune(epoch, Samples.NOW_MS, 0, 20, 7);

            assertThat(first).isEqualTo(5);
            assertThat(audit.after(0, 1).getFirst().seq()).isEqualTo(7);
            audit.prune(epoch, Samples.NOW_MS, 0, 20, 7);
            assertThat(audit.after(0, 1).getFirst().seq()).isEqualTo(7);
            assertThat(check().isWhole()).isTrue();
        }
    }

    @Test
    void isOneChainOfTwoGenerations() {
        try (SqlStore old = open();
                SqlStore next = SqlStore.openBeside(data, world)) {
            for (int i = 0; i < 50; i++) {
                old.audit().append(note("old"));
                next.audit().append(note("next"));
            }

            assertThat(AuditCheck.of(old.audit(), List.of()))
                    .isEqualTo(AuditCheck.of(next.audit(), List.of()));
        }
        assertThat(check().entries()).isEqualTo(100);
        assertThat(check().isWhole()).isTrue();
    }

    @Test
    void hasNoPlaceInTheSchemaBeforeAndOneWithTheLease() {
        Migrations schema4 = new Migrations(Migrations.OURS.steps().subList(0, 4));
        try (SqlStore _ = SqlStore.open(data, world, new SqliteDialect(world), schema4, 10_000);
                SqlStore next = SqlStore.openBeside(data, world)) {
            assertThatThrownBy(() -> next.audit().append(note("connect")))
                    .isInstanceOfSatisfying(
                            EvergateException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
            assertThat(next.audit().after(0, 10)).isEmpty();
            assertThat(next.audit().root()).isEqualTo(Mark.START);

            Epoch _ = lease(next);

            assertThat(next.audit().append(note("connect")).seq()).isEqualTo(1);
        }
    }

    private SqlStore open() {
        return SqlStore.open(data, world);
    }

    private SqlStore filled() {
        SqlStore store = open();
        for (int i = 0; i < ENTRIES; i++) {
            store.audit().append(note("config.patch"));
        }
        return store;
    }

    /** As somebody who has the file. */
    private void force(String trigger, String sql) {
        try (SqlStore store = open()) {
            int _ =
                    store.write(
                            c -> {
                                c.execute("DROP TRIGGER " + trigger);
                                return c.update(sql);
                            });
            store.write(
                    c -> {
                        c.execute(
                                "CREATE TRIGGER %s BEFORE UPDATE ON audit BEGIN SELECT 1; END"
                                        .formatted(trigger));
                        return 0;
                    });
        }
    }

    private AuditCheck check() {
        try (AuditFile file = AuditFile.open(data, world)) {
            return AuditCheck.of(file, List.of());
        }
    }

    private static Epoch lease(SqlStore store) {
        return switch (store.leases().take(new Holder("instance", 1), _ -> true)) {
            case Outcome.Taken(var epoch) -> epoch;
            case Outcome.Held(var by) -> throw new AssertionError("held by " + by);
        };
    }

    private static Note note(String action) {
        return note(action, Samples.NOW_MS);
    }

    private static Note note(String action, long atMs) {
        return new Note(
                atMs,
                1,
                0,
                new Actor("token", "d1", "", "cli/cli", "c1", "127.0.0.1"),
                new Act(action, "deviceId=d2", "operator.admin", "with raw"),
                Note.OK,
                1);
    }
}
