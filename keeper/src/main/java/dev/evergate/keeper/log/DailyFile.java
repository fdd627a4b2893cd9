package dev.evergate.keeper.log;

import dev.evergate.keeper.time.HostTime;

import org.jspecify.annotations.Nullable;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The log file of the day (UTC), which several processes append to, each line with one write.
 *
 * <p>A line that cannot be written is lost, not waited for. Thread-safety: one thread at a time.
 */
public final class DailyFile implements LineWriter.Sink {
    private final Path folder;
    private String day = "";
    private @Nullable FileOutputStream out;

    /** Writes below a folder that exists or comes to exist. */
    public DailyFile(Path folder) {
        this.folder = folder;
    }

    @Override
    public void write(byte[] line) {
        String today = LogDate.day(HostTime.wallMs());
        try {
            FileOutputStream target = out;
            if (target == null || !today.equals(day)) {
                close();
                Path path = folder.resolve("evergate-" + today + ".jsonl");
                OwnFile.make(path);
                target = new FileOutputStream(path.toFile(), true);
                out = target;
                day = today;
            }
            target.write(line);
        } catch (IOException e) {
            close(); // A full or missing disk; the next line tries again.
        }
    }

    private void close() {
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
