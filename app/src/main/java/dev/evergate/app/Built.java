package dev.evergate.app;

import dev.evergate.app.config.ConfigDesk;
import dev.evergate.app.config.ConfigHash;
import dev.evergate.app.config.InForce;
import dev.evergate.app.config.Parts;
import dev.evergate.app.config.SecretProcesses;
import dev.evergate.app.rehearsal.Rehearsal;
import dev.evergate.app.rehearsal.Stage;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.RealWorld;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What a start has brought about: an assembly, and the desk for its configuration. */
record Built(StateDirectory state, StartConfig start, ConfigDesk desk, GatewayAssembly assembly) {
    private static final Logger log = LoggerFactory.getLogger(Built.class);

    /** What every assembly of one process is made from. */
    record Source(
            RealWorld world,
            Arguments arguments,
            Door door,
            RestartDesk restarts,
            Plugins plugins,
            Map<String, String> environment) {
        /**
         * Chooses the configuration as it stands now, and builds what nobody has started. If it
         * cannot be built with, the last good one is taken, unless somebody serves already.
         */
        Built build(Door.Life life) throws Exception {
            try {
                return build(life, life.mode(), List.of());
            } catch (EvergateException refused) {
                boolean isFirstTry = life.mode() == StartMode.NORMAL && !life.hasPredecessor();
                if (refused.code() != ErrorCode.CONFIG_REFUSED || !isFirstTry) {
                    throw refused;
                }
                log.warn("The configuration cannot be served with: {}", refused.getMessage());
                return build(life, StartMode.LAST_GOOD, List.of(refused.getMessage()));
            }
        }

        private Built build(Door.Life life, StartMode mode, List<String> notices) throws Exception {
            StateDirectory state = arguments.state();
            var history = new ConfigHistory(state.configs());
            var files =
                    new ConfigFiles(
                            arguments.config(), state.dotEnv(), environment, new SecretProcesses());
            StartConfig start =
                    StartConfig.choose(mode, world, files, history, arguments.overrides())
                            .with(notices);
            start.notices().forEach(log::warn);
            start.problems().forEach(problem -> log.warn("Configuration: {}", problem));
            var hash = ConfigHash.keyedBy(state.data().resolve("hash-key"), world.ids().token());
            var desk =
                    new ConfigDesk(
                            new Parts(world, files, arguments.overrides(), history, hash),
                            InForce.of(start.sources(), start.reading()),
                            start.problems(),
                            start.shunnedHash());
            ConfigSnapshot.Gateway gateway = start.snapshot().gateway();
            OptionalInt listener = door.open(gateway.bindHost(), gateway.port());
            var plan =
                    new GatewayAssembly.Plan(
                            state,
                            start,
                            desk,
                            life,
                            listener,
                            door,
                            restarts,
                            plugins,
                            environment);
            return new Built(state, start, desk, GatewayAssembly.build(world, plan));
        }
    }

    /** Proves, beside whoever serves, that this one could. */
    void rehearse(RealWorld world) {
        var stage =
                new Stage(world, state.run(), start.snapshot(), desk.file(), assembly.identity());
        log.info("Rehearsed in {}", Rehearsal.run(stage));
    }

    /** It serves: from now on changes of the configuration are followed. */
    void open() {
        assembly.tellRefusals(desk::restartFailed);
        desk.open(assembly.house());
    }

    /** Shows the phase to probes, before anything else happens in it. */
    void moved(Phase phase) {
        assembly.moved(phase);
        switch (phase) {
            case STARTING, STANDBY -> {}
            case RUNNING -> desk.goOn();
            case HANDING_OVER -> desk.hold();
            case DRAINING, STOPPED -> desk.close();
        }
    }
}
