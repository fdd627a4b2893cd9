package dev.evergate.app.cli.service;

import dev.evergate.keeper.ExitCode;

/** A service cannot be installed or driven: one sentence for a person, and what helps. */
public final class ServiceFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exit;
    private final String code;
    private final String text;
    private final String help;

    /**
     * @param code stable name of the cause, for scripts
     * @param text what happened
     * @param help what to do about it; empty if there is nothing to say
     */
    public ServiceFailure(ExitCode exit, String code, String text, String help) {
        super(text);
        this.exit = exit;
        this.code = code;
        this.text = text;
        this.help = help;
    }

    public ExitCode exit() {
        return exit;
    }

    public String code() {
        return code;
    }

    public String text() {
        return text;
    }

    public String help() {
        return help;
    }
}
