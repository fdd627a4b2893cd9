package dev.evergate.core.config;

import dev.evergate.api.Secret;

import java.util.Optional;

/**
 * What flags and environment set over the file, already in their order of precedence.
 *
 * @param bind as {@code gateway.bind}, or an address
 */
public record ConfigOverrides(
        Optional<Integer> port, Optional<String> bind, Secret token, Secret password) {
    /** Nothing is overridden. */
    public static final ConfigOverrides NONE =
            new ConfigOverrides(Optional.empty(), Optional.empty(), Secret.none(), Secret.none());
}
