package dev.evergate.keeper.link;

/**
 * The words of the link. A word a receiver does not know is answered {@link #UNKNOWN}, never fatal.
 *
 * <p>Thread-safety: constants.
 */
public final class Word {
    // A generation to its keeper.

    /** Who I am ({@link Hello}); the first message of a generation. */
    public static final String HELLO = "HELLO";

    /** What I am doing while I start: {@code text}. */
    public static final String STEP = "STEP";

    /** Give me this listener ({@link Endpoint}); answered {@link #LISTENER} or {@link #CANNOT}. */
    public static final String OPEN = "OPEN";

    /** I no longer need this listener ({@link Endpoint}): close it. */
    public static final String RETIRE = "RETIRE";

    /** I serve. */
    public static final String READY = "READY";

    /** I cannot serve and end now ({@link Refusal}). */
    public static final String REFUSED = "REFUSED";

    /** I make progress ({@link Beat}). */
    public static final String BEAT = "BEAT";

    /** Restart or stop the gateway ({@link Wish}); answered {@link #RESULT}. */
    public static final String WANT = "WANT";

    /** I have finished all my work and end now; the time to be gone starts to run. */
    public static final String FINISHED = "FINISHED";

    /** Beside my predecessor: everything that can be tried before a hand-over went well. */
    public static final String REHEARSED = "REHEARSED";

    /** I have taken over and serve now ({@link Committed}). */
    public static final String COMMITTED = "COMMITTED";

    /** The hand-over failed, {@code reason}: end my successor, then tell me {@link #ABORT}. */
    public static final String BROKEN = "BROKEN";

    /** What went over to my successor ({@link Handed}). */
    public static final String HANDED = "HANDED";

    /** My part of the restart report: fields of its own. */
    public static final String REPORT = "REPORT";

    // The keeper to a generation.

    /** You are the one I started ({@link Welcome}). */
    public static final String WELCOME = "WELCOME";

    /** The listener you asked for ({@link Endpoint} with the port it has) and its descriptor. */
    public static final String LISTENER = "LISTENER";

    /** The listener you asked for cannot be opened ({@link Opened.Cannot}). */
    public static final String CANNOT = "CANNOT";

    /** End yourself ({@link StopOrder}). */
    public static final String STOP = "STOP";

    /** Hand yourself over ({@link Order}) through the descriptor that comes with it. */
    public static final String GIVE = "GIVE";

    /**
     * Take over ({@link Order}) through the descriptor that comes with it; without one your
     * predecessor is dead, and what it held is yours.
     */
    public static final String TAKE = "TAKE";

    /**
     * The hand-over is off and your successor dead, or, as the answer to {@link #HELLO} or to what
     * is no message, I will not talk to you: {@code reason}.
     */
    public static final String ABORT = "ABORT";

    // The keeper to a generation or the command line.

    /** What became of a {@link #WANT} ({@link Outcome}). */
    public static final String RESULT = "RESULT";

    /**
     * Something happened: {@code name} and fields of its own. {@code restart} is the report of a
     * restart that is over: {@code requestedAtMs} (wall time), {@code from}, {@code to}, {@code
     * fromVersion}, {@code toVersion}, {@code requests}, {@code cause}, {@code result} ({@code
     * committed} or {@code aborted}), {@code why}, {@code stragglers}, the time of each step that
     * was completed ({@code launchMs}, {@code rehearseMs}, {@code handOverMs}, {@code commitMs},
     * {@code drainMs}, {@code endMs}), {@code totalMs}, the fields of {@link Handed} and {@link
     * Committed}, and {@code predecessor.…} and {@code successor.…} from {@link #REPORT}.
     */
    public static final String EVENT = "EVENT";

    /** I do not know this word: {@code word}. */
    public static final String UNKNOWN = "UNKNOWN";

    // The command line to the keeper.

    /** Who keeps this state directory? Answered {@link #OWNER}. */
    public static final String WHO = "WHO";

    /**
     * Send me an {@link #EVENT} named {@code phase} now and at every change, and {@code restart}
     * whenever one is over.
     */
    public static final String WATCH = "WATCH";

    /** The answer to {@link #WHO} ({@link Owner}). */
    public static final String OWNER = "OWNER";

    private Word() {}
}
