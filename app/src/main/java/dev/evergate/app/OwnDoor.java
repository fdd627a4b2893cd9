package dev.evergate.app;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.Ids;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.os.FileLock;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.owner.OwnerRecord;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedSet;
import java.util.function.Consumer;

/** No keeper: this process owns its port and its life, and signals are its own. */
final class OwnDoor implements Door {
    private static final Logger log = LoggerFactory.getLogger(OwnDoor.class);

    private static final long STOP_BUDGET_MS = 12_000;

    private final Life life;
    private final Asked asked;
    private @Nullable Ownership ownership;

    /** Held until the process ends. */
    private record Ownership(FileLock lock, Path file, OwnerRecord record) {
        void write(OwnerRecord now) throws IOException {
            Files.writeString(file, now.text());
        }
    }

    /** Where we listen, the newest last; more than one while the port changes. */
    private final SequencedSet<String> places = new LinkedHashSet<>();

    OwnDoor(Ids ids, Asked asked) {
        this.life = new Life(ids.next(), 1, 0, 0, StartMode.NORMAL);
        this.asked = asked;
        for (String end : List.of("TERM", "INT")) {
            Signals.on(end, () -> asked.stop(request(ExitCode.OK, Next.NOBODY, "SIG" + end)));
        }
        for (String restart : List.of("USR1", "USR2")) {
            Signals.on(restart, () -> wantRestart("SIG" + restart, restart));
        }
        Signals.on("HUP", asked::reload);
    }

    private static StopRequest request(ExitCode exit, Next next, String reason) {
        return new StopRequest(STOP_BUDGET_MS, exit, next, reason);
    }

    @Override
    public Life life() {
        return life;
    }

    @Override
    public boolean hasKeeper() {
        return false;
    }

    @Override
    public void own(StateDirectory state) {
        if (!Os.isSupported()) {
            return;
        }
        try {
            Optional<FileLock> lock = FileLock.tryLock(state.lock());
            if (lock.isEmpty()) {
                throw new EvergateException(ErrorCode.ALREADY_RUNNING, alreadyRuns(state));
            }
            var record = OwnerRecord.ofThisProcess(life.instance(), Version.current());
            ownership = new Ownership(lock.get(), state.owner(), record);
            ownership.write(record);
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "The state directory %s cannot be locked: %s"
                            .formatted(state.root(), e.getMessage()),
                    e);
        }
    }

    private static String alreadyRuns(StateDirectory state) {
        String who =
                OwnerRecord.read(state.owner())
                        .map(owner -> "pid " + owner.pid())
                        .orElse("it has not said who it is");
        return "Evergate already runs on %s (%s). Look at it with: evergate status"
                .formatted(state.root(), who);
    }

    @Override
    public OptionalInt open(String host, int port) {
        place(host, port, places::addLast);
        return OptionalInt.empty();
    }

    @Override
    public void retire(String host, int port) {
        place(host, port, places::remove);
    }

    private synchronized void place(String host, int port, Consumer<String> change) {
        change.accept(new Endpoint("control", host, port).place());
        Ownership owned = ownership;
        if (owned != null) {
            try {
                owned.write(owned.record().at(places.isEmpty() ? "" : places.getLast()));
            } catch (IOException e) {
                log.warn("Cannot say where we listen: {}", e.toString());
            }
        }
    }

    @Override
    public void rehearsed() {}

    @Override
    public void ready() {}

    @Override
    public void committed(long epoch, int adoptedConnections) {}

    @Override
    public void broken(String reason) {}

    @Override
    public void handed(int movedConnections, int cutConnections, int turns) {}

    @Override
    public void refused(ExitCode exit, String message) {
        System.err.println(message);
    }

    @Override
    public void wantRestart(String reason, String requestId) {
        Optional<Path> newBuild = Installation.successor();
        if (newBuild.isEmpty()) {
            asked.again(new Succession.Wish(reason, requestId));
        } else {
            // Other code needs another process; whoever started this one starts that.
            String why = reason + ", and there is a new build: " + newBuild.get();
            asked.stop(request(ExitCode.RESTART, Next.SUCCESSOR_COMES, why));
        }
    }

    @Override
    public long ownerPid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public void beat(String phase, Map<String, Long> loopAgesMs) {}

    @Override
    public void finished() {
        Ownership owned = ownership;
        if (owned != null) {
            try {
                Files.deleteIfExists(owned.file());
            } catch (IOException e) {
                log.warn("Cannot delete run/owner: {}", e.toString());
            }
        }
    }
}
