package dev.evergate.server.node;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Timers;
import dev.evergate.server.node.NodeBoard.Asker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Something a node is asked for, from the first wish to the outcome. Guarded by its board. */
public final class Errand {
    final Request request;
    final Deadline deadline;
    final List<Asker> askers = new ArrayList<>(1);
    String id;

    /** Over which the node was sent for it; empty if it has not been. */
    String connection = "";

    Timers.@Nullable Timer timer;
    @Nullable Outcome outcome;

    /**
     * What is asked for.
     *
     * @param key the same for whoever asks for the same again
     * @param params one JSON value; empty for none
     * @param timeoutMs until nobody waits for it any more, positive
     */
    public record Request(
            String nodeId,
            String command,
            String key,
            String params,
            long timeoutMs,
            String sessionKey) {
        /** Tells errands from each other. */
        String name() {
            return String.join("\n", nodeId, command, key);
        }
    }

    Errand(String id, Request request, Deadline deadline) {
        this.id = id;
        this.request = request;
        this.deadline = deadline;
    }

    boolean isSent() {
        return !connection.isEmpty();
    }

    boolean isOpen() {
        return outcome == null;
    }
}
