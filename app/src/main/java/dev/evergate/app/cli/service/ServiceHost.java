package dev.evergate.app.cli.service;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The machine that services are installed on: its facts, and its programs. */
public interface ServiceHost {
    /**
     * What a program said, standard output and error as they came, and how it ended.
     *
     * @param exit {@link #NOT_STARTED} if there is no such program, {@link #NOT_ENDED} if it took
     *     too long
     */
    record Ran(int exit, String output) {
        /** As a shell says that there is no such program. */
        public static final int NOT_STARTED = 127;

        /** As {@code timeout} says that a program took too long. */
        public static final int NOT_ENDED = 124;

        public boolean isGood() {
            return exit == 0;
        }
    }

    Platform platform();

    /** The account of a name, as the machine knows it. */
    Optional<Account> account(String name);

    /**
     * Runs a program to its end, without input; ends it when it takes longer than {@code limit}.
     */
    Ran run(List<String> words, Duration limit);
}
