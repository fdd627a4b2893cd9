package dev.evergate.app.cli;

import dev.evergate.keeper.link.Owner;

import java.nio.file.Path;
import java.util.Optional;

/** Asks whether a state directory has a keeper. */
interface KeeperProbe {
    /** What the keeper says about itself; empty if nobody answers within two seconds. */
    Optional<Owner> who(Path stateDirectory);
}
