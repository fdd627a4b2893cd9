package dev.evergate.app;

import dev.evergate.app.rehearsal.Rehearsal;
import dev.evergate.app.rehearsal.Stage;
import dev.evergate.core.config.ConfigFile;
import dev.evergate.core.config.ConfigHistory;
import dev.evergate.core.config.ConfigSnapshot;
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
            var file = new ConfigFile(arguments.config());
            if (file.createIfMissing(world.ids().token())) {
                log.info("Wrote a first configuration to {}", file.path());
            }
            var history = new ConfigHistory(state.configs());
            StartConfig start =
                    StartConfig.choose(life.mode(), file, history, arguments.overrides());
            start.notices().forEach(log::warn);
            ConfigSnapshot.Gateway gateway = start.snapshot().gateway();
            OptionalInt listener = door.open(gateway.bindHost(), gateway.port());
            var plan =
                    new GatewayAssembly.Plan(
                            state,
                            file,
                            start,
                            life,
                            listener,
                            door,
                            restarts,
                            plugins,
                            environment);
            var config = new ConfigInForce(file, start, history);
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
                        config.file()::document,
                        assembly.identity());
        log.info("Rehearsed in {}", Rehearsal.run(stage));
    }
}
