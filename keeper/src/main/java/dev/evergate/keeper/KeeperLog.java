package dev.evergate.keeper;

import dev.evergate.keeper.time.HostTime;

import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The keeper's log: whole JSON lines in a file a day, and few human lines on the console.
 *
 * <p>The file is shared with the generations: it is opened for appending and every line is one
 * write. Days are those of UTC. Thread-safety: safe.
 */
final class KeeperLog {
    private static final int MESSAGE_CHARS_MAX = 16 * 1024;
    private static final long FLUSH_MS = 200;

    private final LineWriter file;
    private final LineWriter console;
    private volatile long generation;

    /** Logs below a folder that exists or comes to exist. */
    KeeperLog(Path folder) {
        this.file = new LineWriter("log-file", new DailyFile(folder));
        this.console = new LineWriter("log-console", new Console());
    }

    /** The generation later lines are about, 0 for none. */
    void about(long number) {
        generation = number;
    }

    /** Something worth keeping. */
    void info(String event, String message) {
        append("INFO", event, message);
    }

    /** Something that should not have happened. */
    void warn(String event, String message) {
        append("WARN", event, message);
    }

    /** Something a person at the terminal wants to know, too. */
    void say(String event, String message) {
        append("INFO", event, message);
        console.offer(message);
    }

    /** Something that should not have happened and that a person at the terminal wants to know. */
    void complain(String event, String message) {
        append("WARN", event, message);
        console.offer(message);
    }

    /** Gives queued lines a short time to be written. */
    void flush() {
        long end = HostTime.monotonicMs() + FLUSH_MS;
        file.flush(FLUSH_MS);
        console.flush(end - HostTime.monotonicMs());
    }

    private void append(String level, String event, String message) {
        int dropped = file.takeDropped() + console.takeDropped();
        if (dropped > 0) {
            file.offer(line("WARN", "log.dropped", dropped + " lines were dropped"));
        }
        file.offer(line(level, event, message));
    }

    private String line(String level, String event, String message) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"time\":\"").append(LogDate.instant(HostTime.wallMs()));
        json.append("\",\"_meta\":{\"logLevelName\":\"").append(level);
        json.append("\"},\"process\":\"keeper\",\"generation\":").append(generation);
        json.append(",\"event\":\"").append(event).append("\",\"message\":\"");
        escape(message, json);
        return json.append("\"}").toString();
    }

    private static void escape(String text, StringBuilder json) {
        int length = Math.min(text.length(), MESSAGE_CHARS_MAX);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == '\n') {
                json.append("\\n");
            } else if (c < ' ') {
                json.append(c < 16 ? "\\u000" : "\\u00").append(Integer.toHexString(c));
            } else {
                json.append(c);
            }
        }
    }

    /** Appends to the file of the day; a day that cannot be written is lost, not waited for. */
    private static final class DailyFile implements LineWriter.Sink {
        private final Path folder;
        private String day = "";
        private @Nullable FileOutputStream out;

        DailyFile(Path folder) {
            this.folder = folder;
        }

        @Override
        public void write(byte[] line) {
            String today = LogDate.day(HostTime.wallMs());
            try {
                FileOutputStream target = out;
                if (target == null || !today.equals(day)) {
                    if (target != null) {
                        target.close();
                    }
                    Path path = folder.resolve("evergate-" + today + ".jsonl");
                    target = new FileOutputStream(path.toFile(), true);
                    out = target;
                    day = today;
                }
                target.write(line);
            } catch (IOException e) {
                out = null; // A full or missing disk; the next line tries again.
            }
        }
    }

    /** Standard output, which may be a pipe that nobody reads or that is closed. */
    private static final class Console implements LineWriter.Sink {
        private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

        @Override
        public void write(byte[] line) {
            try {
                out.write(line);
            } catch (IOException e) {
                // Nobody is there to read it.
            }
        }
    }
}
