package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigProblem;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the configuration's files said at one moment.
 *
 * @param root the file people edit
 * @param texts every file of the configuration with its text; the root first, then what it includes
 * @param authored includes merged; variables and secret references as they were written
 * @param resolved what all of it means. Holds secrets: never to be shown, and not to be changed
 * @param hash opaque name of everything that was read, also of variables and secrets
 * @param watched every file that could make this different: also those that are missing, and what
 *     symbolic links on the way point to
 * @param problems values that could not be resolved; they are missing from {@code resolved}
 */
public record ConfigSources(
        Path root,
        Map<Path, String> texts,
        ObjectNode authored,
        ObjectNode resolved,
        String hash,
        Set<Path> watched,
        List<ConfigProblem> problems) {
    public ConfigSources {
        watched = Set.copyOf(watched);
        problems = List.copyOf(problems);
    }
}
