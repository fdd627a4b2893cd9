package dev.evergate.server.spi;

import java.util.List;
import java.util.OptionalLong;

/**
 * The gateway's log, for {@code logs.tail}. Thread-safe; blocks on the disk, so it is asked on a
 * virtual thread.
 */
public interface LogSource {
    /**
     * Reads whole lines of the newest log file.
     *
     * <p>With a cursor: the lines that begin there. A cursor that does not fit the file any more
     * (beyond its end, or of an older file) starts again from the tail and says so. Without one:
     * the last lines. Either way at most {@code linesMax} lines (1 to 5000) and {@code bytesMax}
     * bytes (1 to 1,000,000); when there is more than fits, the newest part is returned and the
     * rest counts as skipped.
     */
    Tail tail(OptionalLong cursor, int linesMax, int bytesMax);

    /**
     * A stretch of the log.
     *
     * @param file its path
     * @param cursor where the next call goes on: the byte after the last line returned
     * @param size of the file in bytes
     * @param lines one JSON record each, without line ends
     * @param truncated whether older lines were left out
     * @param reset whether the cursor did not fit and was ignored
     * @param skippedBytes how much was left out between the cursor and the first line; 0 if nothing
     */
    record Tail(
            String file,
            long cursor,
            long size,
            List<String> lines,
            boolean truncated,
            boolean reset,
            long skippedBytes) {
        public Tail {
            lines = List.copyOf(lines);
        }
    }
}
