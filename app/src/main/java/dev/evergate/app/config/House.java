package dev.evergate.app.config;

import dev.evergate.core.gateway.GatewayEvent;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The gateway that serves with a configuration.
 *
 * @param failing why messages cannot be accepted now, as far as a configuration can be the cause;
 *     must not wait
 * @param isSafe whether nothing but a restart changes anything, because starts failed
 * @param announce tells clients of a change; must not wait
 * @param witness writes down what is kept
 */
public record House(
        Applier applier,
        Supplier<List<String>> failing,
        Consumer<GatewayEvent.ConfigChanged> announce,
        NextGeneration next,
        Witness witness,
        boolean isSafe) {}
