package dev.evergate.core.config.schema;

import dev.evergate.core.config.plan.Effect;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * One key of the configuration.
 *
 * @param pattern its path, such as {@code models.providers.*.models[].id}: {@code *} stands for any
 *     name, {@code []} for any place of a list
 * @param otherwise what holds when nothing is written
 * @param effect what a change takes
 * @param meaning one line for people
 * @param isRequired whether the object around it is of no use without it
 * @param isUsed whether anything reads it yet; what nothing reads is accepted and kept
 */
public record Key(
        String pattern,
        ValueType type,
        Optional<JsonNode> otherwise,
        Effect effect,
        String meaning,
        boolean isRequired,
        boolean isUsed) {
    /** Whether its value must not be shown. */
    public boolean isSecret() {
        return type instanceof ValueType.SecretText;
    }

    /** The last name of its path. */
    public String name() {
        String last = pattern.substring(pattern.lastIndexOf('.') + 1);
        return last.endsWith("[]") ? last.substring(0, last.length() - 2) : last;
    }

    @Override
    public String toString() {
        return pattern;
    }
}
