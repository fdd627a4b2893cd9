package dev.evergate.core.time;

/** The source of randomness. Thread-safe; unpredictable outside of simulations. */
public interface Entropy {
    /** Fills {@code target} with random bytes. */
    void fill(byte[] target);

    /** A number from 0 (inclusive) to 1 (exclusive). */
    double fraction();
}
