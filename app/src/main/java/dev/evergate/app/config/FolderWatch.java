package dev.evergate.app.config;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What the kernel tells of some folders. It may lose its voice at any time: then this tries to get
 * it back, and meanwhile says nothing. One task uses it; {@link #close} is thread-safe.
 */
final class FolderWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);

    /** Until a watch that failed is tried again. */
    private static final long AGAIN_MS = 5_000;

    private final World world;
    private final Ear ear;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private volatile Optional<WatchService> service = Optional.empty();
    private volatile boolean closed;
    private Deadline again;
    private boolean hasSpoken;
    private boolean isMute;

    /** How to listen to the kernel. */
    interface Ear {
        WatchService open() throws IOException;
    }

    FolderWatch(World world, Ear ear) {
        this.world = world;
        this.ear = ear;
        this.again = world.time().deadlineIn(0);
    }

    /** Whether the last call of {@link #await} was answered by the kernel. */
    boolean hasSpoken() {
        return hasSpoken;
    }

    /**
     * Waits until one of the files may have changed, but not longer than {@code waitMs}.
     *
     * @return whether one may have: also when something was lost
     */
    boolean await(long waitMs, Set<Path> files) throws InterruptedException {
        hasSpoken = false;
        if (service.isEmpty()) {
            world.pause(waitMs);
            return isReopened();
        }
        try {
            WatchService open = service.get();
            for (WatchKey key = open.poll(waitMs, TimeUnit.MILLISECONDS);
                    key != null;
                    key = open.poll()) {
                hasSpoken |= concerns(key, files);
            }
            return hasSpoken;
        } catch (ClosedWatchServiceException _) {
            lose();
            return true;
        }
    }

    private boolean concerns(WatchKey key, Set<Path> files) {
        boolean concerns = false;
        Path folder = (Path) key.watchable();
        for (WatchEvent<?> event : key.pollEvents()) {
            concerns |=
                    event.kind().equals(StandardWatchEventKinds.OVERFLOW)
                            || (event.context() instanceof Path name
                                    && files.contains(folder.resolve(name)));
        }
        if (!key.reset()) {
            keys.remove(folder, key); // the folder is gone
            return true;
        }
        return concerns;
    }

    /**
     * Watches the folders of these files, and no others.
     *
     * @param anew also those that are watched already: each could be another one by now
     */
    void watch(Set<Path> files, boolean anew) {
        if (service.isEmpty()) {
            boolean _ = isReopened();
        }
        Set<Path> folders =
                files.stream()
                        .flatMap(file -> Optional.ofNullable(file.getParent()).stream())
                        .collect(Collectors.toSet());
        keys.entrySet()
                .removeIf(
                        entry -> {
                            boolean isOver = anew || !folders.contains(entry.getKey());
                            if (isOver) {
                                entry.getValue().cancel();
                            }
                            return isOver;
                        });
        service.ifPresent(open -> folders.forEach(folder -> register(open, folder)));
    }

    private void register(WatchService open, Path folder) {
        if (keys.containsKey(folder)) {
            return;
        }
        try {
            keys.put(
                    folder,
                    folder.register(
                            open,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE));
        } catch (IOException | ClosedWatchServiceException e) {
            // Often the folder is not there yet. Whatever it is: looking at the files goes on.
            log.debug("Cannot watch {}: {}", folder, e.toString());
        }
    }

    private boolean isReopened() {
        if (closed || !again.hasPassed(world.time())) {
            return false;
        }
        try {
            service = Optional.of(ear.open());
            isMute = false;
            if (closed) {
                close();
            }
            return true; // whatever happened meanwhile was not told
        } catch (IOException e) {
            again = world.time().deadlineIn(AGAIN_MS);
            if (!isMute) {
                isMute = true;
                log.warn(
                        "The kernel does not tell of changed files: {}; they are looked at every 2 seconds",
                        e.getMessage());
            }
            return false;
        }
    }

    private void lose() {
        service = Optional.empty();
        keys.clear();
        again = world.time().deadlineIn(0);
    }

    @Override
    public void close() {
        closed = true;
        service.ifPresent(
                open -> {
                    try {
                        open.close();
                    } catch (IOException e) {
                        log.debug("Cannot close the watch: {}", e.toString());
                    }
                });
    }
}
