package dev.evergate.app.rehearsal;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.time.RealWorld;
import dev.evergate.server.spi.Identity;

import java.nio.file.Path;

/**
 * What a rehearsal takes from the generation that rehearses; nothing of it is changed.
 *
 * @param folder where its scratch state may lie, as a folder of its own
 * @param config the one this generation will serve with
 * @param file where that stands
 */
public record Stage(
        RealWorld world, Path folder, ConfigSnapshot config, Path file, Identity identity) {}
