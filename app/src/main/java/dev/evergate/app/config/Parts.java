package dev.evergate.app.config;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.time.World;

/**
 * What a desk works with.
 *
 * @param hash names what clients see
 */
public record Parts(
        World world,
        ConfigFiles files,
        ConfigOverrides overrides,
        ConfigHistory history,
        ConfigHash hash) {}
