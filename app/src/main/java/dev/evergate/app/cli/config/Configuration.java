package dev.evergate.app.cli.config;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/**
 * The configuration that a command is about: that of a gateway, or what its file says while there
 * is none. Used by one thread.
 */
public interface Configuration extends AutoCloseable {
    /** Asks one of the {@code config.*} methods. */
    JsonNode ask(String method, ObjectNode params);

    /** What the last change comes to, for people; empty if nobody said. */
    Optional<String> plan();

    @Override
    void close();
}
