package dev.evergate.core.gateway;

import dev.evergate.core.journal.TranscriptRow;

/** What became of the wish to make a conversation shorter for models. */
public sealed interface Compacted {
    /**
     * It is.
     *
     * @param row what stands for the rows before
     * @param kept how many rows stand for themselves
     * @param tokensBefore what models would have seen, estimated
     * @param tokensAfter what they see now, estimated
     */
    record Done(TranscriptRow row, long kept, long tokensBefore, long tokensAfter)
            implements Compacted {}

    /**
     * There was nothing to be done.
     *
     * @param why for people and clients
     * @param kept how many rows stand for themselves
     */
    record Needless(String why, long kept) implements Compacted {}

    /**
     * It is as it was.
     *
     * @param why for people
     */
    record Failed(String why) implements Compacted {}
}
