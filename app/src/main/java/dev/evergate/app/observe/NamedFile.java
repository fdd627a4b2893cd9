package dev.evergate.app.observe;

import dev.evergate.keeper.log.LineWriter;
import dev.evergate.keeper.log.OwnFile;

import org.jspecify.annotations.Nullable;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A log file of a fixed name, which is only ever added to, each line with one write: whoever
 * rotates it copies and truncates. A line that cannot be written is lost, not waited for.
 * Thread-safe.
 */
final class NamedFile implements LineWriter.Sink {
    private final Path path;
    private @Nullable FileOutputStream out;
    private boolean isClosed;

    NamedFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    @Override
    public synchronized void write(byte[] line) {
        if (isClosed) {
            return;
        }
        try {
            FileOutputStream target = out;
            if (target == null) {
                OwnFile.make(path);
                target = new FileOutputStream(path.toFile(), true);
                out = target;
            }
            target.write(line);
        } catch (IOException e) {
            end(); // A full or missing disk; the next line tries again.
        }
    }

    synchronized void close() {
        isClosed = true;
        end();
    }

    private void end() {
        FileOutputStream old = out;
        out = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                // Every line was one write; there is nothing left that could be lost.
            }
        }
    }
}
