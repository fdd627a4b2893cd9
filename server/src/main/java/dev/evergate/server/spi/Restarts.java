package dev.evergate.server.spi;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;

/** Restarts of the gateway: the one that is asked for, and those that were. Thread-safe. */
public interface Restarts {
    /** What goes on right now; a restart waits for none of it and loses none. Does not block. */
    Work work();

    /**
     * Asks for the next generation, or joins the restart that is on its way. Waits for nothing that
     * a restart does; what became of it stands in its report.
     *
     * @param reason for people
     * @throws dev.evergate.core.fault.EvergateException UNAVAILABLE if no other generation is to
     *     follow, because the gateway stops
     */
    Asked ask(String reason);

    /** The newest reports, the newest first, {@code limit} (1 or more) at most. Blocks. */
    List<JsonNode> newest(int limit);

    /** The report of the restart that went to this generation, or would have. Blocks. */
    Optional<JsonNode> find(long generation);

    /**
     * @param running answers that are being written
     * @param waiting messages that wait for their turn
     */
    record Work(int running, int waiting) {}

    /**
     * @param pid the process that starts generations: a signal there would have done the same
     * @param isJoined whether a restart was on its way already
     */
    record Asked(long pid, boolean isJoined) {}
}
