package dev.evergate.server.wire;

import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;

import tools.jackson.core.JsonGenerator;

/** Entries of the audit log as clients see them. Stateless. */
public final class AuditShapes {
    private AuditShapes() {}

    /** One entry, with everything that its hash covers. */
    public static void write(JsonGenerator out, AuditEntry entry) {
        Note note = entry.note();
        Actor actor = note.actor();
        Act act = note.act();
        out.writeStartObject();
        out.writeNumberProperty("seq", entry.seq());
        out.writeNumberProperty("atMs", note.atMs());
        out.writeNumberProperty("generation", note.generation());
        out.writeNumberProperty("answers", note.answers());
        out.writeObjectPropertyStart("actor");
        out.writeStringProperty("method", actor.method());
        out.writeStringProperty("device", actor.device());
        out.writeStringProperty("user", actor.user());
        out.writeStringProperty("client", actor.client());
        out.writeStringProperty("connection", actor.connection());
        out.writeStringProperty("address", actor.address());
        out.writeEndObject();
        out.writeStringProperty("action", act.action());
        out.writeStringProperty("target", act.target());
        out.writeStringProperty("scope", act.scope());
        out.writeStringProperty("detail", act.detail());
        out.writeStringProperty("result", note.result());
        out.writeNumberProperty("times", note.times());
        out.writeStringProperty("previous", entry.previous());
        out.writeStringProperty("hash", entry.hash());
        out.writeEndObject();
    }
}
