package dev.evergate.app.cli.security;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.List;

/**
 * What a gateway that runs tells of itself.
 *
 * @param configFile the file its configuration comes from
 * @param issues what it could not take of that; its own variables may be others than ours
 * @param pairing the devices, as {@code device.pair.list} tells them
 */
public record Running(Path configFile, List<String> issues, JsonNode pairing) {
    public Running {
        issues = List.copyOf(issues);
    }
}
