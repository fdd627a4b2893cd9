package dev.evergate.app;

import dev.evergate.app.config.SecretProcesses;
import dev.evergate.app.config.ShownConfig;
import dev.evergate.app.rehearsal.Rehearsal;
import dev.evergate.app.rehearsal.Stage;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.time.RealWorld;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.OptionalInt;

/** What a start has brought about: an assembly, and the configuration it was made with. */
record Built(StateDirectory state, ConfigInForce config, GatewayAssembly assembly) {
    private static final Logger log = LoggerFactory.getLogger(Built.class);

    /** What every assembly of one process is made from. */
    record Source(
            RealWorld world,
            Arguments arguments,
            Door door,
            RestartDesk restarts,
            Plugins plugins,
            Map<String, String> environment) {
        /** Chooses the configuration as it stands now, and builds what nobody has started. */
        Built build(Door.Life life) throws Exception {
            StateDirectory state = arguments.state();
            var files =
                    new ConfigFiles(
                            arguments.config(), state.dotEnv(), environment, new SecretProcesses());
            var history = new ConfigHistory(state.configs());
            StartConfig start =
                    StartConfig.choose(life.mode(), world, files, history, arguments.overrides());
            start.notices().forEach(log::warn);
            start.problems().forEach(problem -> log.warn("Configuration: {}", problem));
            ConfigSnapshot.Gateway gateway = start.snapshot().gateway();
            OptionalInt listener = door.open(gateway.bindHost(), gateway.port());
            var plan =
                    new GatewayAssembly.Plan(
                            state,
                            files,
                            start,
                            life,
                            listener,
                            door,
                            restarts,
                            plugins,
                            environment);
            var config = new ConfigInForce(files, start, history);
            return new Built(state, config, GatewayAssembly.build(world, plan));
        }
    }

    /** Proves, beside whoever serves, that this one could. */
    void rehearse(RealWorld world) {
        var stage =
                new Stage(
                        world,
                        state.run(),
                        config.start().snapshot(),
                        () -> ShownConfig.of(config.files()),
                        assembly.identity());
        log.info("Rehearsed in {}", Rehearsal.run(stage));
    }
}
