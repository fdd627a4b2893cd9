package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.Access;
import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.text.Output;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.Owner;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs commands in surroundings of a test's making. Used by one thread. */
final class CommandBench implements AutoCloseable {
    final RealWorld world = new RealWorld(fault -> {});
    final Map<String, String> environment = new HashMap<>();
    final List<String> runAlone = new ArrayList<>();
    final StateDirectory state;
    Optional<Owner> owner = Optional.empty();
    boolean isTerminal;
    String input = "";
    private final Path home;

    CommandBench(Path home) {
        this.home = home;
        this.state = new StateDirectory(home.resolve(".evergate")).prepare();
    }

    /** What a command said, and how it ended. */
    record Result(int exit, String answer, String notes) {}

    Result run(String... words) {
        var output = new RecordedOutput(isTerminal);
        int exit = new Cli(surroundings(output)).run(words);
        return new Result(exit, output.answer(), output.notes());
    }

    Surroundings surroundings(Output output) {
        return new Surroundings(
                environment,
                home,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                output,
                world,
                _ -> owner,
                words -> {
                    runAlone.addAll(words);
                    return 42;
                });
    }

    /** Leaves the file a gateway writes when it is ready, and a keeper of the same life. */
    CommandBench serving(URI url) {
        owner = Optional.of(owner("serving", FakeGateway.INSTANCE));
        return access(url, FakeGateway.INSTANCE);
    }

    CommandBench access(URI url, String instance) {
        try {
            new Access(url.toString(), Secret.of(FakeGateway.TOKEN), instance).write(state.root());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CommandBench config(String text) {
        try {
            Files.writeString(state.config(), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Owner owner(String phase, String instance) {
        return new Owner(
                4700, instance, phase, 3, 4711, "9.9.9", world.time().wallMillis(), List.of());
    }

    @Override
    public void close() {
        world.close();
    }
}
