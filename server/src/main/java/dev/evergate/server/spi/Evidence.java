package dev.evergate.server.spi;

import java.util.function.Supplier;

/**
 * What the process can tell about itself. Thread-safe; everything may block on the disk, so it is
 * asked on a virtual thread.
 *
 * @param metrics all of them, as Prometheus reads them (text format 0.0.4)
 */
public record Evidence(LogSource logs, StabilitySource stability, Supplier<String> metrics) {}
