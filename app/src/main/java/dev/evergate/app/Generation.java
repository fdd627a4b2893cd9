package dev.evergate.app;

import dev.evergate.app.observe.GenerationLog;
import dev.evergate.app.observe.LifeEvent;
import dev.evergate.core.config.ConfigFile;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.ExitCode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * One numbered life of the gateway, from hello to goodbye. Everything it owns is fenced by its
 * epoch.
 *
 * <p>Not thread-safe: {@link #run} is called once.
 */
final class Generation {
    private static final Logger log = LoggerFactory.getLogger(Generation.class);

    private static final long BEAT_MS = 250;

    /** What a restart takes as a rule; clients wait that long before they come back. */
    private static final long RESTART_EXPECTED_MS = 1_500;

    /** The part of a stop's budget that is kept for everything after the turns. */
    private static final long STOP_RESERVE_MS = 2_000;

    /**
     * A person who stops a gateway by hand waits no longer than this for answers that are being
     * written.
     */
    private static final long DRAIN_MAX_MS = 10_000;

    private final Map<String, String> environment;
    private final Launch launch;
    private final CompletableFuture<Door.StopRequest> stopRequested = new CompletableFuture<>();
    private final RealWorld world = new RealWorld(new FaultHandler());

    Generation(Map<String, String> environment) {
        this.environment = environment;
        this.launch = Launch.ofThisProcess(KeeperDoor.isOffered(environment));
    }

    /**
     * Serves until asked to stop; returns the code to exit with. Why it cannot serve is told
     * through the door.
     */
    ExitCode run(List<String> words) {
        Door door =
                KeeperDoor.isOffered(environment)
                        ? KeeperDoor.knock(environment, stopRequested::complete)
                        : new OwnDoor(world.ids(), stopRequested::complete);
        try {
            return serve(Arguments.parse(words, environment), door);
        } catch (EvergateException e) {
            log.error("Cannot serve: {}", e.getMessage());
            ExitCode exit = Exit.of(e.code());
            door.refused(exit, e.getMessage());
            return exit;
        } finally {
            world.close();
        }
    }

    private ExitCode serve(Arguments arguments, Door door) {
        StateDirectory state = arguments.state().prepare();
        try (var lines =
                GenerationLog.start(
                        state.logs(),
                        state.ring(),
                        door.life().generation(),
                        !KeeperDoor.isOffered(environment))) {
            var file = new ConfigFile(arguments.config());
            if (file.createIfMissing(world.ids().token())) {
                log.info("Wrote a first configuration to {}", file.path());
            }
            ConfigSnapshot config = file.read(arguments.overrides());
            OptionalInt listener = door.open(config.gateway().bindHost(), config.gateway().port());
            var assembly =
                    GatewayAssembly.build(
                            world,
                            new GatewayAssembly.Plan(
                                    state, file, config, door.life(), environment));
            assembly.start(listener);
            assembly.writeAccess(state);
            try {
                announce(assembly, door, config, file.path(), lines);
                return stop(assembly, door, stopRequested.join());
            } finally {
                state.forgetAccess();
            }
        } catch (EvergateException e) {
            throw e;
        } catch (Exception e) { // the boundary: whatever a start can throw is told like every other
            // refusal
            log.error("The start failed", e);
            throw new EvergateException(
                    ErrorCode.INTERNAL, "The start failed: " + e + ". The log has the details.", e);
        }
    }

    private void announce(
            GatewayAssembly assembly,
            Door door,
            ConfigSnapshot config,
            Path configPath,
            GenerationLog lines) {
        var _ =
                world.timers()
                        .every(
                                BEAT_MS,
                                () -> door.beat(assembly.phaseName(), assembly.loopAgesMs()));
        door.ready();
        double seconds = (world.time().wallMillis() - launch.atMs()) / 1000.0;
        var banner = new Banner(Version.current(), seconds, assembly.url(), configPath, config);
        lines.console(launch.isFirst() ? banner.first() : banner.again(door.life().generation()));
        log.info(LifeEvent.READY, "Ready after {} s at {}", seconds, assembly.url());
    }

    private ExitCode stop(GatewayAssembly assembly, Door door, Door.StopRequest request) {
        log.info(LifeEvent.STOPPING, "Stopping: {}", request.reason());
        long budgetMs = Math.min(DRAIN_MAX_MS, Math.max(0, request.budgetMs() - STOP_RESERVE_MS));
        StopReport report =
                assembly.stop(budgetMs, request.successorComes() ? RESTART_EXPECTED_MS : 0);
        log.info(LifeEvent.STOPPED, "Stopped: {}", report);
        door.finished();
        return request.exit();
    }
}
