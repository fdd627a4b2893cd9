package dev.evergate.app.observe;

import dev.evergate.keeper.log.DailyFile;
import dev.evergate.keeper.log.LineWriter;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the log's lines are written: the day's file, or one that somebody wants instead.
 * Thread-safe but for {@link #write}, which one thread calls.
 */
final class LogFile implements LineWriter.Sink {
    private final DailyFile daily;
    private volatile Optional<NamedFile> named = Optional.empty();

    LogFile(Path folder) {
        this.daily = new DailyFile(folder);
    }

    /** Lines go there from now on; empty for the day's file. */
    void use(Optional<Path> file) {
        if (!named.map(NamedFile::path).equals(file)) {
            Optional<NamedFile> before = named;
            named = file.map(NamedFile::new);
            before.ifPresent(NamedFile::close);
        }
    }

    @Override
    public void write(byte[] line) {
        Optional<NamedFile> now = named;
        if (now.isPresent()) {
            now.get().write(line);
        } else {
            daily.write(line);
        }
    }
}
