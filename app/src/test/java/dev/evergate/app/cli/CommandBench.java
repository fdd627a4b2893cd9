package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.Access;
import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.text.Output;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.News;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Runs commands in surroundings of a test's making. Used by one thread. */
final class CommandBench implements AutoCloseable {
    final RealWorld world = new RealWorld(fault -> {});
    final Map<String, String> environment = new HashMap<>();
    final List<String> runAlone = new ArrayList<>();
    final StateDirectory state;
    final List<Wish> wishes = new ArrayList<>();
    final FakeServices services;
    Optional<Owner> owner = Optional.empty();
    Function<Wish, Outcome> answers = wish -> new Outcome(wish.requestId(), true, 4, "");
    Function<Wish, List<News>> news = this::committed;
    boolean keeperEnds;
    boolean isTerminal;
    String input = "";
    private final Path home;

    CommandBench(Path home) {
        this.home = home;
        this.services = new FakeServices(home);
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
                new BenchKeepers(),
                services,
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

    /** The same, encrypted. */
    CommandBench serving(URI url, String fingerprint) {
        owner = Optional.of(owner("serving", FakeGateway.INSTANCE));
        return access(url, FakeGateway.INSTANCE, fingerprint);
    }

    CommandBench access(URI url, String instance) {
        return access(url, instance, "");
    }

    private CommandBench access(URI url, String instance, String fingerprint) {
        try {
            var access =
                    new Access(url.toString(), Secret.of(FakeGateway.TOKEN), instance, fingerprint);
            access.write(state.root());
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

    /** What a keeper tells of a restart to generation 4 that goes well. */
    private List<News> committed(Wish wish) {
        return List.of(
                now("rehearsing", 3),
                now("rehearsing", 3),
                now("handing-over", 3),
                new News.Settled(new Outcome(wish.requestId(), true, 4, "")),
                now("draining", 4),
                now("serving", 4),
                new News.Reported(
                        Map.of(
                                "name", "restart",
                                "to", "4",
                                "from", "3",
                                "result", "committed",
                                "launchMs", "400",
                                "moved", "12",
                                "cut", "1",
                                "turns", "2")));
    }

    News now(String phase, long generation) {
        return new News.Now(
                new Owner(4700, FakeGateway.INSTANCE, phase, generation, 4711, "9", 0, List.of()));
    }

    /** One keeper, which grants what it is asked for. */
    private final class BenchKeepers implements Keepers {
        @Override
        public Optional<Owner> who(Path stateDirectory) {
            return stateDirectory.equals(state.root()) ? owner : Optional.empty();
        }

        @Override
        public Outcome want(Path stateDirectory, Wish wish, Duration timeout) throws IOException {
            if (who(stateDirectory).isEmpty()) {
                throw new IOException("no keeper there");
            }
            wishes.add(wish);
            if (wish.kind() == Wish.Kind.STOP) {
                owner = Optional.empty();
            }
            return answers.apply(wish);
        }

        @Override
        public Talk follow(Path stateDirectory, Wish wish) throws IOException {
            if (who(stateDirectory).isEmpty()) {
                throw new IOException("no keeper there");
            }
            wishes.add(wish);
            var told = new ArrayDeque<>(news.apply(wish));
            return new Talk() {
                @Override
                public Optional<News> next(Duration timeout) throws IOException {
                    if (told.isEmpty() && keeperEnds) {
                        throw new IOException("The keeper has ended");
                    }
                    return Optional.ofNullable(told.poll());
                }

                @Override
                public void close() {}
            };
        }
    }

    @Override
    public void close() {
        world.close();
    }
}
