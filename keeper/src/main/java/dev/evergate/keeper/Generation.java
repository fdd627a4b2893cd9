package dev.evergate.keeper;

import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.watch.Watch;

import org.jspecify.annotations.Nullable;

/**
 * One numbered life of the gateway, as its keeper knows it.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class Generation {
    private final long number;
    private final GatewayPhase.Mode mode;
    private final Process process;
    private final String jvmOptions;
    private LinkDesk.@Nullable Caller caller;
    private String version = "";
    private long readyAtMs = -1;
    private @Nullable Watch watch;
    private boolean isWelcome;
    private long predecessor;
    private boolean hasRehearsed;
    private boolean hasRefused;
    private boolean isDoomed;
    private boolean isKilled;

    /**
     * @param jvmOptions what it was started with besides the options of its build
     */
    Generation(long number, GatewayPhase.Mode mode, Process process, String jvmOptions) {
        this.number = number;
        this.mode = mode;
        this.process = process;
        this.jvmOptions = jvmOptions;
    }

    long number() {
        return number;
    }

    /** How much of the gateway it starts. */
    GatewayPhase.Mode mode() {
        return mode;
    }

    String jvmOptions() {
        return jvmOptions;
    }

    long pid() {
        return process.pid();
    }

    /** Its end of the link, null before hello and after the link has ended. */
    LinkDesk.@Nullable Caller caller() {
        return caller;
    }

    void saidHello(LinkDesk.Caller from, String productVersion) {
        caller = from;
        version = productVersion;
    }

    /** Whether it has said hello and waits for the answer. */
    boolean isWaiting() {
        return caller != null && !isWelcome;
    }

    /** It may begin, beside this predecessor, 0 for none. */
    void welcome(long beside) {
        isWelcome = true;
        predecessor = beside;
    }

    /** It is ready to take over from the predecessor it was welcomed beside. */
    void rehearsed() {
        hasRehearsed = true;
    }

    /** It has said why it cannot serve. */
    void refused() {
        hasRefused = true;
    }

    /** Whether it has come up: what it fails by from here on is not its JVM. */
    boolean hasComeUp() {
        return hasRehearsed || hasRefused || hasServed();
    }

    /** Whether it waits to be told that its predecessor is dead, should that be so. */
    boolean isHeir() {
        return hasRehearsed && predecessor != 0 && !hasServed();
    }

    /** The one it was welcomed beside, 0 for none or once it knows that this one is dead. */
    long predecessor() {
        return predecessor;
    }

    /** It knows that its predecessor is dead. */
    void inherited() {
        predecessor = 0;
    }

    void hungUp() {
        caller = null;
    }

    /** The product's version, empty before hello. */
    String version() {
        return version;
    }

    void becameReady(long nowMs) {
        readyAtMs = nowMs;
        watch = new Watch(nowMs);
    }

    /** What is known about its progress, null before it serves. */
    @Nullable Watch watch() {
        return watch;
    }

    /** It has given a sign of life. */
    void beat(Beat beat, long nowMs) {
        if (watch != null) {
            watch.beat(beat, nowMs);
        }
    }

    boolean hasServed() {
        return readyAtMs >= 0;
    }

    /** How long it has served, -1 if it never did. */
    long servedMs(long nowMs) {
        return readyAtMs < 0 ? -1 : nowMs - readyAtMs;
    }

    /** Ends its process at once; one that has ended already was not killed by us. */
    void kill() {
        var entry = ProcessTable.find(process.pid());
        isKilled |= entry.isPresent() && !entry.get().isEnding();
        isDoomed = true;
        process.destroyForcibly();
    }

    /** Whether {@link #kill} was called. */
    boolean isDoomed() {
        return isDoomed;
    }

    /** Whether that has ended it. */
    boolean isKilled() {
        return isKilled;
    }

    /** Whether a signal that we did not send has ended it: KILL, TERM, INT or HUP. */
    boolean endedFromOutside(int status) {
        return !isKilled && (status == 137 || status == 143 || status == 130 || status == 129);
    }
}
