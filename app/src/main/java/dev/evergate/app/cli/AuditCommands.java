package dev.evergate.app.cli;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.keeper.ExitCode;
import dev.evergate.store.AuditFile;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;

/** What the commands about the audit log have in common. Stateless. */
final class AuditCommands {
    private AuditCommands() {}

    /** The log itself: whoever has it asks no gateway that could lie about it. */
    static AuditFile open(Surroundings surroundings, ConnectOptions options) {
        Path data = new GatewayClient(surroundings, options).stateDirectory().data();
        try {
            return AuditFile.open(data, surroundings.world());
        } catch (EvergateException failure) {
            throw new CommandFailure(
                    failure.code() == ErrorCode.STATE_UNUSABLE
                            ? ExitCode.STATE_UNUSABLE
                            : ExitCode.STORE_DAMAGED,
                    failure.code().name(),
                    Failures.sentence(failure.getMessage()),
                    "");
        }
    }

    /** One entry, with everything that its hash covers. */
    static ObjectNode json(AuditEntry entry) {
        Note note = entry.note();
        Actor who = note.actor();
        Act act = note.act();
        ObjectNode json = Json.object().put("seq", entry.seq()).put("atMs", note.atMs());
        json.put("generation", note.generation()).put("answers", note.answers());
        json.putObject("actor")
                .put("method", who.method())
                .put("device", who.device())
                .put("user", who.user())
                .put("client", who.client())
                .put("connection", who.connection())
                .put("address", who.address());
        json.put("action", act.action()).put("target", act.target());
        json.put("scope", act.scope()).put("detail", act.detail());
        json.put("result", note.result()).put("times", note.times());
        return json.put("previous", entry.previous()).put("hash", entry.hash());
    }
}
