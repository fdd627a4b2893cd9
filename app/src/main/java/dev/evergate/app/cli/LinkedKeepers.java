package dev.evergate.app.cli;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.News;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Keepers at the sockets of their state directories. Thread-safe. */
final class LinkedKeepers implements Keepers {
    @Override
    public Optional<Owner> who(Path stateDirectory) {
        try (var keeper = KeeperClient.connect(stateDirectory)) {
            return Optional.of(keeper.who());
        } catch (IOException nobody) {
            return Optional.empty();
        }
    }

    @Override
    public Outcome want(Path stateDirectory, Wish wish, Duration timeout) throws IOException {
        try (var keeper = KeeperClient.connect(stateDirectory)) {
            return keeper.want(wish, timeout);
        }
    }

    @Override
    public Talk follow(Path stateDirectory, Wish wish) throws IOException {
        var keeper = KeeperClient.connect(stateDirectory);
        try {
            keeper.follow(wish);
            return new LinkedTalk(keeper);
        } catch (IOException e) {
            keeper.close();
            throw e;
        }
    }

    private record LinkedTalk(KeeperClient keeper) implements Talk {
        @Override
        public Optional<News> next(Duration timeout) throws IOException {
            return keeper.next(timeout);
        }

        @Override
        public void close() {
            keeper.close();
        }
    }
}
