package dev.evergate.app.config;

import dev.evergate.core.config.source.FileStamp;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Notices that files of a configuration may have changed. A burst of changes is told once, when it
 * is quiet, or after a second. The folders are watched, since editors put new files in the place of
 * old ones; and all files are looked at from time to time, since a mounted volume need not tell.
 *
 * <p>One task of its own does it all; {@link #watch} and {@link #close} are thread-safe.
 */
public final class ConfigWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConfigWatch.class);

    /** A file that nobody touched for so long is written. */
    private static final long QUIET_MS = 100;

    /** Whoever never stops writing is told of at last. */
    private static final long BURST_MS = 1_000;

    /** Until other files to watch are noticed. */
    private static final long IDLE_MS = 500;

    /** Between two looks at all files. */
    private static final long LOOK_MS = 2_000;

    private final World world;
    private final Runnable changed;
    private final FolderWatch folders;
    private volatile Set<Path> wanted = Set.of();
    private volatile boolean closed;

    // Only the task touches what follows.
    private final Map<Path, Optional<FileStamp>> stamps = new HashMap<>();
    private Set<Path> watched = Set.of();
    private boolean pending;
    private Deadline quiet;
    private Deadline latest;
    private Deadline look;

    /**
     * @param changed is called on the watch's own task, one call at a time; what happens while it
     *     runs is told afterwards
     */
    public ConfigWatch(World world, Runnable changed) {
        this(world, changed, FileSystems.getDefault()::newWatchService);
    }

    ConfigWatch(World world, Runnable changed, FolderWatch.Ear ear) {
        this.world = world;
        this.changed = changed;
        this.folders = new FolderWatch(world, ear);
        this.quiet = world.time().deadlineIn(0);
        this.latest = quiet;
        this.look = quiet;
    }

    /** Begins; once only. */
    public void start() {
        world.tasks().start("config-watch", this::run);
    }

    /**
     * Watches these files from now on, and no others. A file that was not watched before counts as
     * changed: nobody knows what became of it since it was read.
     */
    public void watch(Set<Path> files) {
        wanted = Set.copyOf(files);
    }

    /** Ends; a call that runs is not waited for. */
    @Override
    public void close() {
        closed = true;
        folders.close();
    }

    private void run() {
        try {
            while (!closed) {
                adopt();
                if (folders.await(pending ? QUIET_MS : IDLE_MS, watched)) {
                    note();
                }
                if (pending || look.hasPassed(world.time())) {
                    look();
                }
                if (pending && (quiet.hasPassed(world.time()) || latest.hasPassed(world.time()))) {
                    pending = false;
                    tell();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            folders.close();
        }
    }

    private void adopt() {
        Set<Path> next = wanted;
        if (next.equals(watched)) {
            return;
        }
        Set<Path> added = new HashSet<>(next);
        added.removeAll(watched);
        watched = next;
        stamps.keySet().retainAll(watched);
        folders.watch(watched, false);
        for (Path file : added) {
            stamps.put(file, FileStamp.of(file));
            note();
        }
    }

    /** Looks at every file: not all that happens is told. */
    private void look() {
        look = world.time().deadlineIn(LOOK_MS);
        boolean isDifferent = false;
        for (Path file : watched) {
            Optional<FileStamp> now = FileStamp.of(file);
            isDifferent |= !now.equals(stamps.put(file, now));
        }
        if (isDifferent) {
            note();
        }
        // What changed without a word may lie in a folder that took the place of the watched one.
        folders.watch(watched, isDifferent && !folders.hasSpoken());
    }

    private void note() {
        if (!pending) {
            pending = true;
            latest = world.time().deadlineIn(BURST_MS);
        }
        quiet = world.time().deadlineIn(QUIET_MS);
    }

    private void tell() {
        try {
            changed.run();
        } catch (RuntimeException bug) {
            log.error("A change of the configuration could not be looked at", bug);
        }
    }
}
