package dev.evergate.server.audit;

/** How something that clients ask for is written down. */
public enum Auditing {
    /** Not at all: it changes nothing for anybody else. */
    NEVER,
    /**
     * How often in a minute, by whom: what it changes is kept elsewhere, before it is acknowledged.
     */
    COUNTED,
    /** Before and after; but done even if that is impossible, because it may be what helps. */
    ATTEMPTED,
    /** Before and after; not done unless what is before is on the disk. */
    REQUIRED;

    /** Whether there is an entry for each. */
    public boolean isSingle() {
        return this == ATTEMPTED || this == REQUIRED;
    }
}
