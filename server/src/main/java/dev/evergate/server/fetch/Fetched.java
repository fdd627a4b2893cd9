package dev.evergate.server.fetch;

import dev.evergate.api.Blob;

/**
 * What stood there.
 *
 * @param type as the other server calls it, in lower case and without parameters
 */
public record Fetched(String type, Blob data) {}
