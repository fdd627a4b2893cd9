package dev.evergate.server.spi;

/**
 * Who serves.
 *
 * @param version of the product
 * @param instance UUID of the keeper's life
 * @param generation number of this life of the gateway
 * @param host name of the machine, for people
 */
public record Identity(String version, String instance, long generation, String host) {}
