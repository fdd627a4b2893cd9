package dev.evergate.core.journal;

import dev.evergate.core.journal.AuditTrail.Mark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a walk along the audit log has found.
 *
 * @param entries how many there are
 * @param end the last of them, or what stands before the first
 * @param findings everything that is not as it was written, in order; {@value #FINDINGS_MAX} at
 *     most
 */
public record AuditCheck(long entries, Mark end, List<Finding> findings) {
    private static final int FINDINGS_MAX = 20;
    private static final int PAGE = 1_000;

    public AuditCheck {
        findings = List.copyOf(findings);
    }

    /**
     * @param seq of the entry at which it was noticed
     * @param what it is, for people
     */
    public record Finding(long seq, String what) {}

    public boolean isWhole() {
        return findings.isEmpty();
    }

    /**
     * Walks along the whole log. Blocks on the store.
     *
     * @param known entries that somebody has noted elsewhere, and that must be there
     */
    public static AuditCheck of(AuditTrail trail, List<Mark> known) {
        Optional<Mark> mark = trail.mark(); // first: the log may grow while it is read
        Walk walk = new Walk(trail.root());
        List<Mark> expected = new ArrayList<>(known);
        mark.ifPresent(expected::add);
        for (List<AuditEntry> page = trail.after(walk.end.seq(), PAGE);
                !page.isEmpty();
                page = trail.after(walk.end.seq(), PAGE)) {
            page.forEach(entry -> walk.step(entry, expected));
        }
        expected.forEach(walk::missing);
        if (mark.isEmpty() && walk.entries > 0) {
            walk.found(walk.end.seq(), "the note of where the log ends is missing");
        }
        return new AuditCheck(walk.entries, walk.end, walk.findings);
    }

    /** How far it has come. */
    private static final class Walk {
        private final long rootSeq;
        private final List<Finding> findings = new ArrayList<>();
        private Mark end;
        private long entries;

        Walk(Mark root) {
            this.rootSeq = root.seq();
            this.end = root;
        }

        void step(AuditEntry entry, List<Mark> expected) {
            long due = end.seq() + 1;
            if (entry.seq() != due) {
                found(due, "it is missing; entry %d follows".formatted(entry.seq()));
            } else if (!entry.previous().equals(end.hash())) {
                found(due, "it does not follow from the one before");
            }
            if (!entry.isWhole()) {
                found(entry.seq(), "it has been changed");
            }
            if (entry.note().act().action().equals(Audit.BROKEN)) {
                found(entry.seq(), "it says: " + entry.note().act().detail());
            }
            expected.stream()
                    .filter(mark -> mark.seq() == entry.seq())
                    .filter(mark -> !mark.hash().equals(entry.hash()))
                    .forEach(_ -> found(entry.seq(), "it is not the one that was noted elsewhere"));
            end = new Mark(entry.seq(), entry.hash());
            entries++;
        }

        void missing(Mark mark) {
            if (mark.seq() > end.seq()) {
                found(end.seq() + 1, "it is missing, with all up to %d".formatted(mark.seq()));
            } else if (mark.seq() == rootSeq && entries == 0 && !mark.hash().equals(end.hash())) {
                found(rootSeq, "it is not the one that was noted elsewhere");
            }
        }

        void found(long seq, String what) {
            if (findings.size() < FINDINGS_MAX) {
                findings.add(new Finding(seq, what));
            }
        }
    }
}
