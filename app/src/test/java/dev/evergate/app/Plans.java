package dev.evergate.app;

import dev.evergate.app.config.ConfigDesk;
import dev.evergate.app.config.ConfigHash;
import dev.evergate.app.config.InForce;
import dev.evergate.app.config.Parts;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.time.World;

import java.util.Map;
import java.util.OptionalInt;

/** What a test builds an assembly from: the configuration that lies in its state directory. */
final class Plans {
    private Plans() {}

    static GatewayAssembly.Plan plan(
            World world, StateDirectory state, Door.Life life, OptionalInt listener)
            throws InterruptedException {
        return plan(world, state, life, listener, new FakeDoor());
    }

    static GatewayAssembly.Plan plan(
            World world, StateDirectory state, Door.Life life, OptionalInt listener, Door door)
            throws InterruptedException {
        var files = new ConfigFiles(state.config(), Map.of(), SecretCommands.NONE);
        var history = new ConfigHistory(state.configs());
        StartConfig start =
                StartConfig.choose(life.mode(), world, files, history, ConfigOverrides.NONE);
        var parts =
                new Parts(world, files, ConfigOverrides.NONE, history, new ConfigHash("a test"));
        return new GatewayAssembly.Plan(
                state,
                start,
                new ConfigDesk(
                        parts,
                        InForce.of(start.sources(), start.reading()),
                        start.problems(),
                        start.shunnedHash()),
                life,
                listener,
                door,
                new RestartDesk(world, FakeDoor::new),
                Plugins.installed(),
                Map.of());
    }
}
