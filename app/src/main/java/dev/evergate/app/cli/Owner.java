package dev.evergate.app.cli;

/** Who keeps a state directory, and where its gateway stands. */
record Owner(
        long pid,
        String instance,
        String phase,
        long generation,
        long generationPid,
        String version,
        long sinceMs) {}
