package dev.evergate.keeper.owner;

import dev.evergate.keeper.os.ProcessTable;

import java.util.Optional;

/**
 * What was seen of an owner at one moment.
 *
 * @param atMs monotonic time
 * @param owner as its file says, empty without one whose process lives
 * @param state the kernel's letter for its process, {@code ?} when unknown
 * @param effort what its process has done so far
 * @param voice what it says itself
 */
public record Look(
        long atMs,
        Optional<OwnerRecord> owner,
        char state,
        ProcessTable.Effort effort,
        Voice voice) {

    /** What an owner says itself. */
    public sealed interface Voice {
        /** Nothing; how that was found out. */
        record Silent(String how) implements Voice {}

        /**
         * Where it stands, and whether its gateway proved it.
         *
         * @param phase of the gateway, as in {@code Owner}
         * @param place its first listener, empty for none
         */
        record Answers(
                long pid, String instance, String phase, long generation, String place, Proof proof)
                implements Voice {}
    }

    /**
     * What the gateway answered to a strict probe.
     *
     * @param isHealthy it was exactly 200, from the owner's own instance
     * @param text for a sentence
     */
    public record Proof(boolean isHealthy, String text) {
        /** It was not asked. */
        public static final Proof NONE = new Proof(false, "not asked");
    }

    /** For a sentence. */
    String who() {
        return switch (voice) {
            case Voice.Answers(var pid, var _, var _, var generation, var place, var _) ->
                    "keeper pid "
                            + pid
                            + (generation == 0 ? "" : ", generation " + generation)
                            + (place.isEmpty() ? "" : ", at " + place);
            case Voice.Silent _ ->
                    owner.isPresent()
                            ? "keeper pid "
                                    + owner.get().pid()
                                    + (owner.get().generation() == 0
                                            ? ""
                                            : ", generation " + owner.get().generation())
                            : "an owner that does not say who it is";
        };
    }
}
