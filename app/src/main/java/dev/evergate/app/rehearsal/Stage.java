package dev.evergate.app.rehearsal;

import dev.evergate.core.config.ConfigDocument;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.time.RealWorld;
import dev.evergate.server.spi.Identity;

import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What a rehearsal takes from the generation that rehearses; nothing of it is changed.
 *
 * @param folder where its scratch state may lie, as a folder of its own
 * @param config the one this generation will serve with
 * @param document its file
 */
public record Stage(
        RealWorld world,
        Path folder,
        ConfigSnapshot config,
        Supplier<ConfigDocument> document,
        Identity identity) {}
