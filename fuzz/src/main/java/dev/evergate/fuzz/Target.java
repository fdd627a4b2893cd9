package dev.evergate.fuzz;

import java.util.List;

/**
 * A parser of bytes from outside, and what is true of every input. Used by one thread at a time.
 *
 * <p>Each stands in the package of its parser, so that it can call what others cannot.
 */
public interface Target {
    /** Inputs to begin with, made by whoever writes this format today. */
    List<byte[]> seeds();

    /**
     * Parses an input, and compares what came of it with what has to come.
     *
     * @throws AssertionError if that differs
     * @throws Exception any other one than the parser declares is a finding, too
     */
    void take(byte[] input) throws Exception;

    /** The most it may allocate for each byte of an input. */
    default int bytesPerByte() {
        return 128;
    }

    /** The most it may allocate whatever the input. */
    default int bytesAtLeast() {
        return 256 * 1024;
    }
}
