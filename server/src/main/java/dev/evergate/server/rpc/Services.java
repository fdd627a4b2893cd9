package dev.evergate.server.rpc;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.time.World;
import dev.evergate.server.audit.Scribe;
import dev.evergate.server.node.NodeBoard;
import dev.evergate.server.spi.Desks;
import dev.evergate.server.spi.Evidence;
import dev.evergate.server.spi.Identity;
import dev.evergate.server.wire.Json;

import java.util.function.Supplier;

/** What methods work with. */
public record Services(
        Gateway gateway,
        Supplier<Readiness> readiness,
        Evidence evidence,
        Desks desks,
        Identity identity,
        World world,
        Json json,
        Boards boards) {
    /** What is kept up to date for all clients at once. */
    public record Boards(
            HealthBoard health,
            PresenceBoard presence,
            Traffic traffic,
            ProviderBoard providers,
            Suspension suspension,
            NodeBoard nodes,
            Scribe scribe) {}

    long nowMs() {
        return world.time().wallMillis();
    }
}
