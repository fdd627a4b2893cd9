package dev.evergate.keeper.ring;

/**
 * One thing that happened. Immutable.
 *
 * @param seq its place among all records of the file, from 1; the order in which they were written
 * @param atMs wall time in ms since 1970, to show, not to sort by
 * @param source who wrote it
 * @param level how bad it is
 * @param generation the generation it is about or that wrote it, 0 for none
 * @param event its name, such as {@code generation.ended}
 * @param text a sentence for people; never a secret, never what somebody wrote in a chat
 */
public record RingRecord(
        long seq,
        long atMs,
        Source source,
        Level level,
        long generation,
        String event,
        String text) {

    /** Who writes. */
    public enum Source {
        KEEPER(0),
        GENERATION(1);

        private final int code;

        Source(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** How bad it is. */
    public enum Level {
        INFO(0),
        WARN(1),
        ERROR(2);

        private final int code;

        Level(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** A record that has no place yet; the ring gives it one. */
    public static RingRecord of(
            long atMs, Source source, Level level, long generation, String event, String text) {
        return new RingRecord(0, atMs, source, level, generation, event, text);
    }

    /** The record with its place. */
    RingRecord at(long place) {
        return new RingRecord(place, atMs, source, level, generation, event, text);
    }
}
