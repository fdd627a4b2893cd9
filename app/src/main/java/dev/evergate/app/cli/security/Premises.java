package dev.evergate.app.cli.security;

import dev.evergate.core.config.source.SourceReading;

import java.nio.file.Path;
import java.util.Optional;

/**
 * All that is looked at.
 *
 * @param root the state directory, absolute; need not be there
 * @param configFile the file people edit; need not be there
 * @param reading what it says
 * @param running the gateway of this state directory; empty while nobody can be asked
 * @param nowMs milliseconds since the epoch
 */
public record Premises(
        Path root, Path configFile, SourceReading reading, Optional<Running> running, long nowMs) {}
