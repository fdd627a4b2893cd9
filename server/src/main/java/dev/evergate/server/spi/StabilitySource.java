package dev.evergate.server.spi;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * What happened to the gateway, for {@code diagnostics.stability}. Thread-safe; blocks on the disk,
 * so it is asked on a virtual thread.
 */
public interface StabilitySource {
    /**
     * The newest records and what they mean.
     *
     * @param limit records at most, at least 1
     * @param type only records of this event
     * @param sinceSeq only records after this number
     */
    JsonNode read(int limit, Optional<String> type, long sinceSeq);
}
