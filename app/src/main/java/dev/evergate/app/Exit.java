package dev.evergate.app;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.keeper.ExitCode;

/** Which exit code a failure deserves. */
final class Exit {
    private Exit() {}

    /** The code of the public table for a start that failed this way. */
    static ExitCode of(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST -> ExitCode.USAGE;
            case CONFIG_REFUSED, ADDRESS_IN_USE, ALREADY_RUNNING -> ExitCode.DO_NOT_RETRY;
            case STATE_UNUSABLE -> ExitCode.STATE_UNUSABLE;
            case STORE_DAMAGED -> ExitCode.STORE_DAMAGED;
            case FORBIDDEN, UNAVAILABLE, NOT_FOUND, FENCED, INTERNAL -> ExitCode.UNEXPECTED;
        };
    }
}
