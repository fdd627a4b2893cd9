package dev.evergate.server.spi;

import dev.evergate.core.journal.Audit;

/** Where clients ask for what concerns the process, not only its conversations. */
public record Desks(Restarts restarts, Configs configs, Audit audit) {}
