package dev.evergate.testkit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditCheck;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.AuditTrail.Mark;
import dev.evergate.core.journal.AuditTrail.Query;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** The rules of {@link Audit}. */
@Tag("S18")
abstract class AuditRules {
    abstract JournalContract fixture();

    @Test
    void putsEachEntryBehindTheOneBefore() {
        AuditEntry first = audit().append(note("config.set", "ada"));
        fixture().reopen();
        AuditEntry second = audit().append(note("device.pair.approve", "bob"));

        assertThat(first.seq()).isEqualTo(1);
        assertThat(first.previous()).isEqualTo(AuditEntry.NOTHING);
        assertThat(second.previous()).isEqualTo(first.hash());
        assertThat(audit().after(0, 10)).containsExactly(first, second);
        assertThat(audit().mark()).contains(new Mark(2, second.hash()));
        assertThat(AuditCheck.of(audit(), List.of()))
                .isEqualTo(new AuditCheck(2, new Mark(2, second.hash()), List.of()));
    }

    @Test
    void keepsOneChainWhoeverWritesAtOnce() {
        List<Supplier<AuditEntry>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String who = "client-" + i;
            calls.add(() -> audit().append(note("sessions.patch", who)));
        }

        List<AuditEntry> written = fixture().allAtOnce(calls);

        assertThat(written)
                .extracting(AuditEntry::seq)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 40).boxed().toList());
        assertThat(AuditCheck.of(audit(), List.of()).isWhole()).isTrue();
    }

    @Test
    void findsEntriesByTimeActorActionAndPlace() {
        audit().append(note("config.set", "ada"));
        audit().append(note("config.patch", "bob"));
        audit().append(note("connect", "ada"));

        assertThat(found(new Query(0, 0, "", "", 10))).containsExactly(3L, 2L, 1L);
        assertThat(found(new Query(0, 0, "ada", "", 10))).containsExactly(3L, 1L);
        assertThat(found(new Query(0, 0, "", "config.", 10))).containsExactly(2L, 1L);
        assertThat(found(new Query(0, 3, "", "", 1))).containsExactly(2L);
        assertThat(found(new Query(Samples.NOW_MS + 1, 0, "", "", 10))).isEmpty();
    }

    @Test
    void keepsEveryFieldAndNothingThatATerminalWouldObey() {
        Note odd =
                new Note(
                        Samples.NOW_MS,
                        7,
                        3,
                        new Actor("token", "d", "ü", "c\u0000\u001b[2J", "x", "::1"),
                        new Act("a'b", "x".repeat(600), "operator.admin", "\ud800 \u202e"),
                        "ok",
                        12);

        AuditEntry kept = audit().append(odd);

        assertThat(audit().after(0, 1)).containsExactly(kept);
        assertThat(kept.note().actor().client()).isEqualTo("c??[2J");
        assertThat(kept.note().actor().user()).isEqualTo("ü");
        assertThat(kept.note().act().detail()).isEqualTo("? ?");
        assertThat(kept.note().act().target()).hasSize(512);
        assertThat(AuditCheck.of(audit(), List.of()).isWhole()).isTrue();
    }

    @Test
    void missesAnEntryThatSomebodyHasNotedElsewhere() {
        AuditEntry first = audit().append(note("connect", "ada"));

        assertThat(AuditCheck.of(audit(), List.of(new Mark(1, first.hash()))).isWhole()).isTrue();
        assertThat(AuditCheck.of(audit(), List.of(new Mark(2, "ff"))).isWhole()).isFalse();
        assertThat(AuditCheck.of(audit(), List.of(new Mark(1, "ff"))).isWhole()).isFalse();
    }

    private List<Long> found(Query query) {
        return audit().newest(query).stream().map(AuditEntry::seq).toList();
    }

    private static Note note(String action, String client) {
        return new Note(
                Samples.NOW_MS,
                1,
                0,
                new Actor("token", "", "", client, "c1", "127.0.0.1"),
                new Act(action, "", "operator.admin", ""),
                Note.OK,
                1);
    }

    private Audit audit() {
        return fixture().journal().audit();
    }
}
