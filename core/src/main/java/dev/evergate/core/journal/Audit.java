package dev.evergate.core.journal;

/**
 * The audit log, to which every generation that serves appends. It is never changed; entries go
 * only from its beginning, when they are older than {@value #KEPT_DAYS} days or more than {@value
 * #KEPT_ENTRIES}, and an entry says so.
 *
 * <p>Needs no lease: whoever has done something writes that down, also after its time.
 */
public interface Audit extends AuditTrail {
    int KEPT_DAYS = 90;

    int KEPT_ENTRIES = 250_000;

    /** The action of the entry that says that earlier ones have been let go. */
    String ROLLED = "audit.rolled";

    /** The action of the entry that says that the log does not go on where it had been. */
    String BROKEN = "audit.broken";

    /** Puts a note at the end; it is on the disk when this returns. */
    AuditEntry append(AuditEntry.Note note);
}
