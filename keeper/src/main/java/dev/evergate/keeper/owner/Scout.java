package dev.evergate.keeper.owner;

import dev.evergate.keeper.link.KeeperClient;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks at the owner of a state directory: its file, its process, its socket, its listener.
 *
 * <p>Thread-safety: stateless.
 *
 * @param root the state directory
 * @param file where the owner says who it is
 */
public record Scout(Path root, Path file) {
    private static final String SERVING = "serving";
    private static final Duration WHO_TIMEOUT = Duration.ofMillis(500);
    private static final int PROBE_TIMEOUT_MS = 1_000;
    private static final ProcessTable.Effort NO_EFFORT = new ProcessTable.Effort(0, 0);

    /** Whether some process listens for a keeper's callers, whatever became of the lock. */
    public boolean hearsSomebody() {
        try {
            KeeperClient.connect(root).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Looks once; takes two seconds at most. */
    public Look look() {
        Optional<OwnerRecord> owner = OwnerRecord.read(file);
        Optional<ProcessTable.Entry> process =
                owner.isPresent() ? owner.get().process() : Optional.empty();
        if (process.isEmpty()) {
            return new Look(HostTime.monotonicMs(), Optional.empty(), '?', NO_EFFORT, ask());
        }
        long pid = process.get().pid();
        char state = process.get().state();
        Look.Voice voice;
        if (state == 'T') {
            voice = new Look.Voice.Silent("stopped by a signal");
        } else if (owner.get().place().isEmpty()) {
            voice = ask();
        } else {
            voice = askAlone(owner.get());
        }
        ProcessTable.Effort effort = ProcessTable.effort(pid).orElse(NO_EFFORT);
        return new Look(HostTime.monotonicMs(), owner, state, effort, voice);
    }

    private Look.Voice ask() {
        try (KeeperClient keeper = KeeperClient.connect(root)) {
            Owner owner = keeper.who(WHO_TIMEOUT);
            String place = owner.places().isEmpty() ? "" : owner.places().getFirst();
            Look.Proof proof = Look.Proof.NONE;
            String phase = owner.isServing() ? SERVING : owner.phase();
            if (owner.isServing() && !place.isEmpty()) {
                proof = StrictProbe.ask(place, owner.instance(), PROBE_TIMEOUT_MS);
            }
            return new Look.Voice.Answers(
                    owner.pid(), owner.instance(), phase, owner.generation(), place, proof);
        } catch (IOException e) {
            return new Look.Voice.Silent(String.valueOf(e.getMessage()));
        }
    }

    /** An owner without a keeper has nothing but its listener to answer with. */
    private static Look.Voice askAlone(OwnerRecord owner) {
        Look.Proof proof = StrictProbe.ask(owner.place(), owner.instance(), PROBE_TIMEOUT_MS);
        return proof.isHealthy()
                ? new Look.Voice.Answers(
                        owner.pid(), owner.instance(), SERVING, 0, owner.place(), proof)
                : new Look.Voice.Silent(proof.text());
    }
}
