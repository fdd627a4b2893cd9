package dev.evergate.core.gateway;

import dev.evergate.core.agent.AgentRunner;
import dev.evergate.core.agent.WelcomeCard;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Session;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.World;

import java.util.Optional;

/**
 * What a gateway is made of. A turn keeps its parts from its start to its end: one configuration,
 * one set of plugins.
 *
 * @param epoch under which this generation writes
 * @param card answers while no model is configured
 */
public record GatewayParts(
        World world,
        Journal journal,
        Epoch epoch,
        ConfigSnapshot config,
        PluginSet plugins,
        WelcomeCard card,
        EventFeed feed) {

    AgentRunner runner() {
        return new AgentRunner(world);
    }

    Prompt prompt() {
        return new Prompt(journal.sessions(), config);
    }

    GatewayEvent.SessionChanged sessionChanged(
            String sessionKey, String agentId, String reason, Optional<Session> session) {
        return new GatewayEvent.SessionChanged(
                sessionKey, agentId, reason, session, world.time().wallMillis());
    }
}
