package dev.evergate.app.cli;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.keeper.ExitCode;
import dev.evergate.store.AuditFile;

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
}
