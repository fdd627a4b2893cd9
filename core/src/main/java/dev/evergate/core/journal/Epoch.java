package dev.evergate.core.journal;

/**
 * Who may write: the number of a gateway lease. Each holder gets a higher one than all before; the
 * store refuses writes that carry an older one, so that a generation that was stopped and woke up
 * again can do no harm (I8).
 *
 * @param value 1 or more
 */
public record Epoch(long value) implements Comparable<Epoch> {
    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }
}
