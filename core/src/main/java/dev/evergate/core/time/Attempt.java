package dev.evergate.core.time;

/** What became of work that was given a deadline. */
public sealed interface Attempt {
    /** It ended by itself. */
    record Done() implements Attempt {}

    /** It threw. */
    record Failed(Throwable cause) implements Attempt {}

    /**
     * It goes on, and nobody waits for it any more.
     *
     * @param stack where its thread stood; empty where that cannot be seen
     */
    record Overdue(String stack) implements Attempt {}

    /** Work that may throw anything. */
    interface Work {
        void run() throws Exception;
    }

    /** Does the work on the calling thread. */
    static Attempt of(Work work) {
        try {
            work.run();
            return new Done();
        } catch (Throwable failure) { // the boundary: whatever it is, whoever asked is told
            return new Failed(failure);
        }
    }
}
