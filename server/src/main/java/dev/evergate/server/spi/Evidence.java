package dev.evergate.server.spi;

import tools.jackson.databind.JsonNode;

import java.util.function.Supplier;

/**
 * What the process can tell about itself. Thread-safe; everything may block on the disk, so it is
 * asked on a virtual thread.
 *
 * @param metrics all of them, as Prometheus reads them (text format 0.0.4)
 * @param system the machine and the process, as {@code system.info} has it
 * @param key throws UNAVAILABLE if it can neither be read nor made
 */
public record Evidence(
        LogSource logs,
        StabilitySource stability,
        Supplier<String> metrics,
        Supplier<JsonNode> system,
        Supplier<GatewayKey> key) {}
