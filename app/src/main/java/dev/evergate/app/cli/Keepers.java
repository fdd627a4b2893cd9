package dev.evergate.app.cli;

import dev.evergate.keeper.link.News;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Speaks with the keepers of state directories. */
interface Keepers {
    /** What the keeper says about itself; empty if nobody answers within two seconds. */
    Optional<Owner> who(Path stateDirectory);

    /**
     * Asks for a restart or a stop and waits for what becomes of it.
     *
     * @throws IOException if nobody is there, or nothing was said within {@code timeout}
     */
    Outcome want(Path stateDirectory, Wish wish, Duration timeout) throws IOException;

    /**
     * Asks for a restart and hears what the keeper says about it.
     *
     * @throws IOException if nobody is there
     */
    Talk follow(Path stateDirectory, Wish wish) throws IOException;

    /** A keeper that tells how it goes. Used by one thread. */
    interface Talk extends AutoCloseable {
        /**
         * The next news, empty if there are none for so long. The first tells where the gateway
         * stands now that the keeper has heard the wish, unless it is refused at once.
         *
         * @throws IOException if the keeper has ended
         */
        Optional<News> next(Duration timeout) throws IOException;

        @Override
        void close();
    }
}
