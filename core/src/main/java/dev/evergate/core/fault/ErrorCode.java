package dev.evergate.core.fault;

/**
 * What went wrong, in terms a caller can act on. Names are stable: they appear in logs, on the wire
 * and in scripts.
 */
public enum ErrorCode {
    /** The request cannot succeed as it is. */
    INVALID_REQUEST,
    /** The caller may not do this. */
    FORBIDDEN,
    /** Not now: try again. */
    UNAVAILABLE,
    /** What was asked for does not exist. */
    NOT_FOUND,
    /** The configuration cannot be served with. */
    CONFIG_REFUSED,
    /** An address to listen on is held by another process. */
    ADDRESS_IN_USE,
    /** The state directory has another owner. */
    ALREADY_RUNNING,
    /** The state directory cannot be read or written, or its disk is full. */
    STATE_UNUSABLE,
    /** The store is damaged beyond repair, or was written by a newer release. */
    STORE_DAMAGED,
    /** A newer generation owns the state: this one must not write any more. */
    FENCED,
    /** A bug. */
    INTERNAL
}
