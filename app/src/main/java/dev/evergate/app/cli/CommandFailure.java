package dev.evergate.app.cli;

import dev.evergate.keeper.ExitCode;

/**
 * A command cannot do what it was asked to: one sentence for a person, and what helps. Never
 * carries a secret.
 */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exit;
    private final String code;
    private final String text;
    private final String help;

    /**
     * @param code stable name of the cause, for scripts
     * @param message what happened
     * @param help what to do about it; empty if there is nothing to say
     */
    CommandFailure(ExitCode exit, String code, String message, String help) {
        super(message);
        this.exit = exit;
        this.code = code;
        this.text = message;
        this.help = help;
    }

    /** What happened. */
    String text() {
        return text;
    }

    ExitCode exit() {
        return exit;
    }

    String code() {
        return code;
    }

    String help() {
        return help;
    }
}
