package dev.evergate.core.gateway;

import dev.evergate.core.agent.AgentRunner;
import dev.evergate.core.agent.WelcomeCard;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Session;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.World;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a gateway is made of. A turn keeps its parts from its start to its end: one configuration,
 * one set of plugins.
 *
 * @param card answers while no model is configured
 * @param attemptsMax how often a turn is taken up again; one that was on its way at so many deaths
 *     is taken for their cause
 * @param restart asks for the next generation, for a reason, and waits for nothing; throws {@code
 *     UNAVAILABLE} when there is none to come
 */
public record GatewayParts(
        World world,
        Journal journal,
        ConfigSnapshot config,
        PluginSet plugins,
        WelcomeCard card,
        EventFeed feed,
        int attemptsMax,
        Consumer<String> restart) {

    /** The same, under another configuration. */
    GatewayParts with(ConfigSnapshot nextConfig, PluginSet nextPlugins) {
        return new GatewayParts(
                world, journal, nextConfig, nextPlugins, card, feed, attemptsMax, restart);
    }

    AgentRunner runner() {
        return new AgentRunner(world);
    }

    Prompt prompt(MessageOptions options) {
        return new Prompt(journal, config, options);
    }

    GatewayEvent.SessionChanged sessionChanged(
            String sessionKey, String agentId, String reason, Optional<Session> session) {
        return new GatewayEvent.SessionChanged(
                sessionKey, agentId, reason, session, world.time().wallMillis());
    }
}
