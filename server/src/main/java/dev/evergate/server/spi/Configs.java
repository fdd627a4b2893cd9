package dev.evergate.server.spi;

import dev.evergate.core.config.ConfigProblem;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The configuration, as clients read and change it. Secrets never leave it: a placeholder stands in
 * their place, and keeps what it stands for when it is written back.
 *
 * <p>Thread-safe. Everything blocks on the disk, and a change for as long as it takes to come into
 * force, so it is asked on a virtual thread.
 */
public interface Configs {
    /** The file and what is in force, as {@code config.get} answers (protocol v4 "Config"). */
    JsonNode document();

    /**
     * Changes the file, and brings it into force before it returns.
     *
     * @throws dev.evergate.core.fault.EvergateException UNAVAILABLE if it cannot be changed at this
     *     moment, STATE_UNUSABLE if it cannot be written; then nothing has changed
     */
    Outcome change(Edit edit, Terms terms);

    /** Everything a configuration may hold, as JSON Schema, and hints for those who show it. */
    JsonNode schema();

    /** One place of the schema and what a change there takes; empty if nobody knows the path. */
    Optional<JsonNode> lookup(String path);

    /** The newest entries of the history, the newest first, {@code limit} (1 or more) at most. */
    List<JsonNode> history(int limit);

    /**
     * What is different between two entries of the history.
     *
     * @param to empty for what is in force
     * @throws dev.evergate.core.fault.EvergateException NOT_FOUND if there is no such entry
     */
    JsonNode diff(long from, OptionalLong to);

    /** What is to be changed. */
    sealed interface Edit {
        /**
         * The whole file.
         *
         * @param raw JSON5; comments and order become those of this text
         */
        record Document(String raw) implements Edit {}

        /**
         * Some values; everything else stays, with comments and order.
         *
         * @param raw a merge patch (RFC 7396) in JSON5: {@code null} takes a value away
         * @param replaced paths of objects that are put in place as they are, and not merged
         */
        record Patch(String raw, Set<String> replaced) implements Edit {
            public Patch {
                replaced = Set.copyOf(replaced);
            }
        }

        /**
         * Every file as it was at an entry of the history.
         *
         * @param to its number; empty for the one before what is in force
         */
        record Undo(OptionalLong to) implements Edit {}
    }

    /**
     * How a change is meant.
     *
     * @param baseHash of the document it was made from; needed for {@link Edit.Document} and {@link
     *     Edit.Patch}
     * @param isForced whether it may take away most of what there is
     * @param restartDelayMs when a restart begins, if the change needs one; empty for soon
     * @param who asks, for people
     */
    record Terms(
            Optional<String> baseHash, boolean isForced, OptionalLong restartDelayMs, String who) {}

    /** What became of a change. */
    sealed interface Outcome {
        /**
         * It is in the file and in force, or nothing had to be changed.
         *
         * @param path the file
         * @param hash names its content from now on
         * @param config what the file says
         * @param changedPaths the outermost places that are different now
         * @param restart the one that the change takes, if any
         */
        record Done(
                String path,
                String hash,
                JsonNode config,
                List<String> changedPaths,
                Optional<Restart> restart)
                implements Outcome {
            public Done {
                changedPaths = List.copyOf(changedPaths);
            }
        }

        /**
         * Nothing was changed.
         *
         * @param message why, for people
         * @param issues everything that is wrong, by key; empty if it is not about values
         */
        record Refused(String message, List<ConfigProblem> issues) implements Outcome {
            public Refused {
                issues = List.copyOf(issues);
            }
        }
    }

    /**
     * A restart that will begin, unless the change is taken back before.
     *
     * @param pid the process that starts generations
     */
    record Restart(long pid, String reason, long delayMs) {}
}
