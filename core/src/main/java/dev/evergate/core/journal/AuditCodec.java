package dev.evergate.core.journal;

import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Entries of the audit log as JSON, the same for clients and on the command line. Stateless. */
public final class AuditCodec {
    private AuditCodec() {}

    /** One entry, with everything that its hash covers. */
    public static ObjectNode tree(AuditEntry entry) {
        Note note = entry.note();
        Actor actor = note.actor();
        Act act = note.act();
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        tree.put("seq", entry.seq()).put("atMs", note.atMs());
        tree.put("generation", note.generation()).put("answers", note.answers());
        tree.putObject("actor")
                .put("method", actor.method())
                .put("device", actor.device())
                .put("user", actor.user())
                .put("client", actor.client())
                .put("connection", actor.connection())
                .put("address", actor.address());
        tree.put("action", act.action()).put("target", act.target());
        tree.put("scope", act.scope()).put("detail", act.detail());
        tree.put("result", note.result()).put("times", note.times());
        return tree.put("previous", entry.previous()).put("hash", entry.hash());
    }
}
