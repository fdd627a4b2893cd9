package dev.evergate.core.config;

import tools.jackson.databind.JsonNode;

/**
 * The configuration as it stands in its file, with secrets replaced by {@value #REDACTED}.
 *
 * @param path the file
 * @param exists whether the file is there
 * @param raw its text; empty if it is missing
 * @param parsed its content as a tree
 * @param hash opaque name of its content
 */
public record ConfigDocument(
        String path, boolean exists, String raw, JsonNode parsed, String hash) {
    /** Stands where a secret was. Clients of the protocol know this text. */
    public static final String REDACTED = "__OPENCLAW_REDACTED__";
}
