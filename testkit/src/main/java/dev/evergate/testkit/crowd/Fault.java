package dev.evergate.testkit.crowd;

/** What can go wrong for a client. */
public enum Fault {
    /** A connection was refused. */
    REFUSED,
    /** A new connection was reset or ended before its answer had come. */
    CUT,
    /** A new connection was told to come again: nobody serves yet. */
    PUT_OFF,
    /** A new connection waited for its answer in vain, or got another than it should. */
    FAILED,
    /** An open WebSocket was closed. */
    CLOSED,
    /** A request was never answered. */
    UNANSWERED,
    /** An event, an answer's part or a position was left out. */
    MISSING,
    /** An answer, an event or a position came twice. */
    DOUBLED,
    /** Something came that contradicts what came before. */
    WRONG,
    /** The test itself does not work. */
    BROKEN_TEST
}
