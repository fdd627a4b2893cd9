package dev.evergate.app.cli.service;

import java.util.Locale;

/** Whose service it is. */
public enum Scope {
    /** The person's who installs it, under a service manager of their own. */
    USER,
    /** The machine's: it starts at boot, and only an administrator may touch it. */
    SYSTEM;

    /** As commands and scripts read it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
