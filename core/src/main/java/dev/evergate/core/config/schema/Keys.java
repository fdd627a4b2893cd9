package dev.evergate.core.config.schema;

import dev.evergate.core.config.plan.Effect;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Declares the keys of one object, one by one. What is said of effect and use holds for the keys
 * that follow.
 *
 * <p>The place may name alternatives in braces: {@code agents.{entries.*,list[]}} declares each key
 * for both.
 */
final class Keys {
    private static final Pattern ALTERNATIVES = Pattern.compile("\\{([^{}]*)}");

    private final String place;
    private final List<Key> keys = new ArrayList<>();
    private final boolean isWhole;
    private Optional<Effect> effect = Optional.empty();
    private boolean isUsed = true;

    private Keys(String place, boolean isWhole) {
        this.place = place;
        this.isWhole = isWhole;
    }

    /** The keys of the object at this place; an empty one is the configuration itself. */
    static Keys in(String place) {
        return new Keys(place, false);
    }

    /**
     * The keys of an object that is used as a whole or not at all: with one bad value, all of it
     * stays as it was. An address and the secret that is sent there, for example.
     */
    static Keys inWhole(String place) {
        return new Keys(place, true);
    }

    /** What a change of the keys that follow takes. */
    Keys takes(Effect next) {
        effect = Optional.of(next);
        return this;
    }

    /** The keys that follow are accepted, but nothing reads them yet. */
    Keys notUsedYet() {
        isUsed = false;
        return this;
    }

    /** The keys that follow are read. */
    Keys used() {
        isUsed = true;
        return this;
    }

    Keys key(String name, ValueType type, String meaning) {
        return add(name, type, Optional.empty(), meaning, false);
    }

    /** One with a value that holds when nothing is written. */
    Keys key(String name, ValueType type, Object otherwise, String meaning) {
        JsonNode value = JsonMapper.shared().valueToTree(otherwise);
        if (!type.accepts(value)) {
            throw new IllegalArgumentException(
                    "%s.%s: %s (expected: %s)".formatted(place, name, value, type.phrase()));
        }
        return add(name, type, Optional.of(value), meaning, false);
    }

    /** One without which the object is of no use. */
    Keys required(String name, ValueType type, String meaning) {
        return add(name, type, Optional.empty(), meaning, true);
    }

    private Keys add(
            String name,
            ValueType type,
            Optional<JsonNode> otherwise,
            String meaning,
            boolean isRequired) {
        Effect takes =
                effect.orElseThrow(
                        () -> new IllegalArgumentException(place + "." + name + ": no effect"));
        for (String each : alternatives(place.isEmpty() ? name : place + "." + name)) {
            keys.add(new Key(each, type, otherwise, takes, meaning, isRequired, isUsed));
        }
        return this;
    }

    List<Key> keys() {
        return List.copyOf(keys);
    }

    /** The places that are used as a whole. */
    List<String> wholes() {
        return isWhole ? alternatives(place) : List.of();
    }

    private static List<String> alternatives(String pattern) {
        Matcher braces = ALTERNATIVES.matcher(pattern);
        if (!braces.find()) {
            return List.of(pattern);
        }
        List<String> all = new ArrayList<>();
        for (String each : braces.group(1).split(",", -1)) {
            all.addAll(
                    alternatives(
                            pattern.substring(0, braces.start())
                                    + each
                                    + pattern.substring(braces.end())));
        }
        return all;
    }
}
