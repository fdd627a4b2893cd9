package dev.evergate.app.rehearsal;

import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;
import dev.evergate.app.handover.Handover;
import dev.evergate.app.handover.Successor;
import dev.evergate.core.agent.WelcomeCard;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Model;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.config.ConfigSnapshot.Provider;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayParts;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.gateway.Predecessor;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.EndingWorld;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.server.ControlServer;
import dev.evergate.server.spi.Desks;
import dev.evergate.server.spi.Evidence;
import dev.evergate.server.spi.GatewayKey;
import dev.evergate.server.spi.LogSource;
import dev.evergate.server.spi.Restarts;
import dev.evergate.server.spi.StabilitySource;
import dev.evergate.store.SqlStore;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole gateway on a scratch state: it has this generation's configuration, but only a model that
 * asks nobody, and a port of its own on the loopback interface. Its lease is its own store's.
 *
 * <p>Not thread-safe: one thread opens and closes it.
 */
final class ScratchGateway implements AutoCloseable {
    static final String API = "rehearsal";

    private static final ModelRef ECHO = new ModelRef("rehearsal", "echo");
    private static final long STOP_MS = 1_000;

    private final EndingWorld world;
    private final SqlStore journal;
    private final Leases.Holder holder;
    private final Loop loop;
    private final LiveGateway gateway;
    private final ControlServer server;
    private Optional<Epoch> epoch = Optional.empty();

    private ScratchGateway(Stage stage, SqlStore journal, ModelProviderFactory model) {
        this.world = new EndingWorld(stage.world());
        this.journal = journal;
        this.holder = new Leases.Holder(stage.identity().instance(), stage.identity().generation());
        ConfigSnapshot config = withOnly(model, stage.config());
        this.loop = world.loop("rehearsal");
        var card = new WelcomeCard(List.of(), Map.of(), stage.file().toString());
        PluginSet plugins = PluginSet.of(world, config, List.of(() -> model));
        var parts =
                new GatewayParts(
                        world, journal, config, plugins, card, new EventFeed(), 1, _ -> {});
        this.gateway = new LiveGateway(parts, loop);
        Readiness ready =
                new Readiness(
                        Phase.RUNNING,
                        stage.identity().generation(),
                        stage.identity().instance(),
                        0,
                        List.of(),
                        List.of(),
                        world.time().nanos(),
                        world.time().nanos());
        this.server =
                new ControlServer(
                        gateway,
                        () -> ready,
                        noEvidence(),
                        new Desks(new NoRestarts(), new NoConfigs(), journal.audit()),
                        stage.identity(),
                        world,
                        new FaultHandler());
    }

    /** One that finds no store and makes one. */
    static ScratchGateway open(Stage stage, Path folder, ModelProviderFactory model) {
        return over(SqlStore.open(folder, stage.world()), stage, model);
    }

    /** One beside another that has the store open. */
    static ScratchGateway openBeside(Stage stage, Path folder, ModelProviderFactory model) {
        return over(SqlStore.openBeside(folder, stage.world()), stage, model);
    }

    private static ScratchGateway over(SqlStore journal, Stage stage, ModelProviderFactory model) {
        try {
            return new ScratchGateway(stage, journal, model);
        } catch (RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    /** The same configuration, with one provider in the place of all, and no collector. */
    private static ConfigSnapshot withOnly(ModelProviderFactory model, ConfigSnapshot config) {
        var settings =
                new ModelProviderSettings(
                        ECHO.provider(),
                        URI.create("rehearsal:/"),
                        Secret.none(),
                        Map.of(),
                        Duration.ofSeconds(1));
        var provider =
                new Provider(
                        settings,
                        model.api(),
                        List.of(new Model(ECHO.model(), ECHO.model(), 0, 0, true, false)));
        ConfigSnapshot.Agents agents = config.agents();
        return new ConfigSnapshot(
                config.generation(),
                config.hash(),
                config.gateway(),
                Map.of(ECHO.provider(), provider),
                new ConfigSnapshot.Agents(
                        agents.defaultId(),
                        Optional.of(ECHO),
                        List.of(),
                        agents.timeoutMs(),
                        agents.maxConcurrent()),
                config.operation().with(Optional.empty()),
                config.problems());
    }

    private static Evidence noEvidence() {
        LogSource logs = (_, _, _) -> new LogSource.Tail("", 0, 0, List.of(), false, false, 0);
        StabilitySource stability = (_, _, _) -> JsonMapper.shared().createObjectNode();
        return new Evidence(
                logs,
                stability,
                () -> "",
                () -> JsonMapper.shared().createObjectNode(),
                () -> new GatewayKey("", ""));
    }

    /** Lives from now on; nobody can connect yet. */
    ScratchGateway start() {
        server.start();
        return this;
    }

    /** Takes the lease and takes up what {@code predecessor} leaves. */
    Epoch enter(List<ActiveRun> abroad, Predecessor predecessor) {
        Epoch taken =
                switch (journal.leases().take(holder, _ -> true)) {
                    case Leases.Outcome.Taken(var mine) -> mine;
                    case Leases.Outcome.Held(var by) ->
                            throw new IllegalStateException("held by " + by);
                };
        epoch = Optional.of(taken);
        gateway.enter(taken, abroad, predecessor);
        return taken;
    }

    /** Accepts connections from now on; returns where. */
    InetSocketAddress serve() {
        return server.open("rehearsal", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    Handover handOver(RealWorld real, PeerSocket successor) {
        return new Handover(real, gateway, server, successor, holder.generation());
    }

    Successor takeOver(RealWorld real, PeerSocket predecessor) {
        return new Successor(real, gateway, server, predecessor);
    }

    /** Stops everything in the order of a real stop. */
    @Override
    public void close() {
        world.endRoutines();
        try {
            server.announceStop("rehearsal over", 0);
            gateway.drain(world.time().deadlineIn(STOP_MS));
            server.stop(world.time().deadlineIn(STOP_MS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever starts us does not want us any more
        } finally {
            server.close();
            epoch.ifPresent(journal.leases()::release);
            loop.close();
            journal.close();
        }
    }

    /** A rehearsal is itself a part of a restart, and has none. */
    private static final class NoRestarts implements Restarts {
        @Override
        public Work work() {
            return new Work(0, 0);
        }

        @Override
        public Asked ask(String reason) {
            return new Asked(0, true);
        }

        @Override
        public List<JsonNode> newest(int limit) {
            return List.of();
        }

        @Override
        public Optional<JsonNode> find(long generation) {
            return Optional.empty();
        }
    }
}
