package dev.evergate.keeper.watch;

/** What a look at a generation has shown. Reasons are for a person. */
public sealed interface Finding {
    /** It makes progress. */
    record Fine() implements Finding {}

    /** Something is late; the next look decides. */
    record Suspect(String reason) implements Finding {}

    /** It would make progress if the machine let it; it gets more time. */
    record Slow(String reason) implements Finding {}

    /**
     * It makes no progress and will not by itself.
     *
     * @param thread the one that is to blame, by the beginning of its name
     */
    record Wedged(String reason, String thread) implements Finding {}
}
