package dev.evergate.keeper;

/**
 * The exit codes of the {@code evergate} command; a public, stable contract.
 *
 * <p>78 says "do not try again until somebody changed something"; service units are written so.
 * Thread-safety: immutable.
 */
public enum ExitCode {
    /** Asked to stop and did, also when a straggler had to be killed. */
    OK(0),
    /** Something unexpected. */
    UNEXPECTED(1),
    /** The command line is wrong. */
    USAGE(2),
    /** The gateway cannot be reached (command line only). */
    NOT_REACHABLE(3),
    /** The gateway refused the credentials or the scope (command line only). */
    NOT_ALLOWED(4),
    /** The state directory cannot be used or is full. */
    STATE_UNUSABLE(69),
    /** The store is damaged beyond repair. */
    STORE_DAMAGED(70),
    /** A restart is wanted (only without a keeper). */
    RESTART(75),
    /** Configuration nobody can serve with, already running, or the port is held. */
    DO_NOT_RETRY(78);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number the process ends with. */
    public int code() {
        return code;
    }
}
