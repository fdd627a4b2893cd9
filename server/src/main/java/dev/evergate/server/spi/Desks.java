package dev.evergate.server.spi;

/** Where clients ask for what concerns the process, not only its conversations. */
public record Desks(Restarts restarts, Configs configs) {}
