package dev.evergate.app;

import dev.evergate.app.observe.LifeEvent;
import dev.evergate.app.observe.RestartReports;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.World;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.server.spi.Restarts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where a generation asks for the next one, and keeps the reports of restarts that are over.
 *
 * <p>Asking never waits: whoever starts generations decides, and says at the end what became of it.
 * While one wish is open, others join it. A report is stored by whoever serves; one that the store
 * refuses is tried again for as long as this generation lives. Thread-safe.
 */
final class RestartDesk {
    private static final Logger log = LoggerFactory.getLogger(RestartDesk.class);

    private static final long STORE_RETRY_MS = 1_000;

    /** One restart leaves one report; so many that cannot be stored are a flood. */
    private static final int UNSTORED_MAX = 16;

    private static final String NONE = "";

    private final World world;
    private final Supplier<Door> door;
    private final Semaphore places = new Semaphore(UNSTORED_MAX);
    private final AtomicReference<String> open = new AtomicReference<>(NONE);
    private volatile Phase phase = Phase.STARTING;
    private volatile Optional<Shelf> shelf = Optional.empty();
    private volatile Consumer<String> refused = _ -> {};

    /** Where reports go; the observer learns of each that is new. */
    private record Shelf(Journal journal, Consumer<RestartReport> observer) {}

    /**
     * @param door asked only when there is something to ask for
     */
    RestartDesk(World world, Supplier<Door> door) {
        this.world = world;
        this.door = door;
    }

    /** The generation is in another phase now; a wish means something else in each. */
    void moved(Phase to) {
        phase = to;
    }

    /** Keeps reports there from now on, and tells {@code observer} of each. */
    void keepIn(Journal journal, Consumer<RestartReport> observer) {
        shelf = Optional.of(new Shelf(journal, observer));
    }

    /** Tells whoever may have needed a restart why there was none; must not wait. */
    void tellRefusals(Consumer<String> why) {
        refused = why;
    }

    /** What a server of this generation shows and asks for. */
    Restarts seenFrom(Journal journal, Supplier<LiveGateway.Load> load) {
        return new View(journal, load);
    }

    /**
     * Asks for the next generation; says whether a restart was on its way already.
     *
     * @throws EvergateException UNAVAILABLE if this generation ends
     */
    boolean ask(String reason) {
        return switch (phase) {
            // This generation is what was asked for, or gives way to what was asked for.
            case STARTING, STANDBY, HANDING_OVER -> true;
            case RUNNING -> {
                String id = world.ids().next();
                boolean isFirst = open.compareAndSet(NONE, id);
                if (isFirst) {
                    want(reason, id);
                }
                yield !isFirst;
            }
            case DRAINING, STOPPED ->
                    throw new EvergateException(
                            ErrorCode.UNAVAILABLE, "this generation of the gateway ends already");
        };
    }

    private void want(String reason, String id) {
        try {
            door.get().wantRestart(reason, id);
        } catch (EvergateException e) {
            var _ = open.compareAndSet(id, NONE); // nobody has heard of it: the next one may try
            throw e;
        }
    }

    /** What became of a wish, ours or another's. */
    void outcome(Outcome outcome) {
        var _ = open.compareAndSet(outcome.requestId(), NONE);
        if (outcome.isGranted()) {
            log.info("Restarted: generation {} serves", outcome.generation());
        } else {
            log.warn("Nothing was restarted: {}", outcome.message());
            refused.accept(outcome.message());
        }
    }

    /** A restart is over; does not wait. */
    void report(Map<String, String> fields) {
        RestartReport report = RestartReports.read(fields, world.time().wallMillis());
        log.info(LifeEvent.RESTARTED, "{}", RestartReports.sentence(report));
        if (places.tryAcquire()) {
            world.tasks().start("restart-report", () -> keep(report));
        } else {
            log.error("The report of the restart to generation {} is lost", report.generation());
        }
    }

    private void keep(RestartReport report) {
        try {
            boolean isKept = false;
            while (!isKept) {
                isKept = shelf.isPresent() && isKept(report, shelf.get());
                if (!isKept) {
                    world.pause(STORE_RETRY_MS);
                }
            }
        } catch (EvergateException e) {
            log.warn(
                    "The report of the restart to generation {} cannot be kept: {}",
                    report.generation(),
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            places.release();
        }
    }

    /** Whether it is stored now; throws if it cannot become so. */
    private static boolean isKept(RestartReport report, Shelf shelf) {
        try {
            shelf.journal().restarts().add(report);
        } catch (EvergateException e) {
            if (e.code() != ErrorCode.STATE_UNUSABLE) {
                throw e;
            }
            log.warn("A restart report waits for the store: {}", e.getMessage());
            return false;
        }
        shelf.observer().accept(report);
        return true;
    }

    /** One server's side of this desk. */
    private final class View implements Restarts {
        private final Journal journal;
        private final Supplier<LiveGateway.Load> load;

        View(Journal journal, Supplier<LiveGateway.Load> load) {
            this.journal = journal;
            this.load = load;
        }

        @Override
        public Work work() {
            LiveGateway.Load now = load.get();
            return new Work(now.running(), now.waiting());
        }

        @Override
        public Asked ask(String reason) {
            boolean isJoined = RestartDesk.this.ask(reason);
            return new Asked(door.get().ownerPid(), isJoined);
        }

        @Override
        public List<JsonNode> newest(int limit) {
            return journal.restarts().newest(limit).stream()
                    .<JsonNode>map(RestartReports::json)
                    .toList();
        }

        @Override
        public Optional<JsonNode> find(long generation) {
            return journal.restarts().find(generation).map(RestartReports::json);
        }
    }
}
