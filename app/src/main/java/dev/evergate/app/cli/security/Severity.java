package dev.evergate.app.cli.security;

import java.util.Locale;

/** How much a finding matters; the worst first. */
public enum Severity {
    /** Somebody may come in, or read or change what is not theirs. */
    CRITICAL,
    /** One more mistake, and somebody may. */
    WARN,
    /** Good to know. */
    INFO;

    /** As scripts read it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
