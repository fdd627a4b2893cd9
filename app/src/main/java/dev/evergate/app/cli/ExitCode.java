package dev.evergate.app.cli;

/** How a command ends; a public, stable contract. */
enum ExitCode {
    OK(0),
    UNEXPECTED(1),
    USAGE(2),
    NOT_REACHABLE(3),
    NOT_ALLOWED(4),
    DO_NOT_RETRY(78);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
