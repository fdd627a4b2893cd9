package dev.evergate.app.rehearsal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A folder for what a rehearsal writes. There is one at a time, under one name: what a rehearsal
 * that was killed has left is deleted by the next.
 */
record ScratchState(Path folder) implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ScratchState.class);

    private static final String NAME = "rehearsal";

    /** An empty one. */
    static ScratchState in(Path parent) {
        var state = new ScratchState(parent.resolve(NAME));
        try {
            delete(state.folder());
            return new ScratchState(Files.createDirectories(state.folder()));
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "no scratch state can be made at %s (%s)".formatted(state.folder(), e),
                    e);
        }
    }

    @Override
    public void close() {
        try {
            delete(folder);
        } catch (IOException e) {
            log.warn(
                    "The scratch state {} is left to the next rehearsal: {}", folder, e.toString());
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path _ =
                Files.walkFileTree(
                        folder,
                        new SimpleFileVisitor<>() {
                            @Override
                            public FileVisitResult visitFile(Path file, BasicFileAttributes what)
                                    throws IOException {
                                Files.delete(file);
                                return FileVisitResult.CONTINUE;
                            }

                            @Override
                            public FileVisitResult postVisitDirectory(Path visited, IOException e)
                                    throws IOException {
                                Files.delete(visited);
                                return FileVisitResult.CONTINUE;
                            }
                        });
    }
}
