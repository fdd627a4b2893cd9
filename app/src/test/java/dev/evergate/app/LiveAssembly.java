package dev.evergate.app;

import dev.evergate.app.config.Applier;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.model.FakeOpenAi;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A generation that serves in this process, and a configuration that can be changed under it
 * without the desk that would do so.
 */
final class LiveAssembly implements AutoCloseable {
    static final String TOKEN = "a-test-token-of-some-length";

    private final RealWorld world = new RealWorld(new FaultHandler());
    private final ObjectNode config = JsonMapper.shared().createObjectNode();
    private final StateDirectory state;
    private final ConfigFiles files;
    private ConfigReading inForce;
    private GatewayAssembly assembly;

    @SuppressWarnings("NullAway.Init") // what start() makes
    LiveAssembly(Path folder) throws IOException {
        this.state = StateDirectory.at(folder).prepare();
        this.files = new ConfigFiles(state.config(), Map.of(), SecretCommands.NONE);
        config.withObject("/gateway/auth").put("token", TOKEN);
    }

    RealWorld world() {
        return world;
    }

    /** To be changed; in force with {@link #start} or {@link #change}. */
    ObjectNode config() {
        return config;
    }

    GatewayAssembly assembly() {
        return assembly;
    }

    void provider(String id, FakeOpenAi at) {
        ObjectNode provider = config.withObject("/models/providers/" + id);
        provider.put("baseUrl", at.baseUrl().toString());
        provider.withArray("models").addObject().put("id", "m");
    }

    void model(String ref) {
        config.withObject("/agents/defaults/model").put("primary", ref);
    }

    void start(Door door) throws Exception {
        inForce = read(1);
        ConfigSnapshot.Gateway gateway = inForce.snapshot().gateway();
        OptionalInt listener = door.open(gateway.bindHost(), gateway.port());
        var life = new Door.Life("instance", 1, 0, 0, StartMode.NORMAL);
        assembly = GatewayAssembly.build(world, Plans.plan(world, state, life, listener, door));
        assembly.start();
        var _ = assembly.enter();
        assembly.moved(Phase.RUNNING);
        assembly.serve();
        assembly.writeAccess(state);
    }

    private ConfigReading read(long number) throws IOException {
        Files.writeString(state.config(), config.toString());
        return switch (files.read()) {
            case SourceReading.Read(var sources) ->
                    ConfigReader.read(sources, ConfigOverrides.NONE, number, Optional.empty());
            case SourceReading.Missing _, SourceReading.Unusable _ ->
                    throw new AssertionError("the test's own file cannot be read");
        };
    }

    Applier.Prepared prepare() throws IOException {
        return prepare(read(inForce.snapshot().generation() + 1));
    }

    private Applier.Prepared prepare(ConfigReading next) {
        Plan plan = Plan.between(inForce.effective(), next.effective(), ConfigSchema::effect);
        return assembly.house().applier().prepare(next.snapshot(), plan);
    }

    void change() throws IOException {
        ConfigReading next = read(inForce.snapshot().generation() + 1);
        prepare(next).commit();
        inForce = next;
    }

    @Override
    public void close() {
        assembly.stop(0, 0);
        assembly.close();
        world.close();
    }
}
