package dev.evergate.server.wire;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request's parameters. Keys nobody asks for are ignored, because newer clients send them; a
 * value of the wrong kind is refused in the words clients know.
 */
public final class Params {
    private final String method;
    private final String path;
    private final JsonNode node;

    private Params(String method, String path, JsonNode node) {
        this.method = method;
        this.path = path;
        this.node = node;
    }

    /**
     * Reads parameters; no text is an empty object.
     *
     * @throws EvergateException INVALID_REQUEST if they are no object
     */
    public static Params read(Json json, String method, JsonText text) {
        try {
            return of(method, text.isEmpty() ? MissingNode.getInstance() : json.parse(text));
        } catch (JacksonException notJson) {
            throw new Params(method, "", MissingNode.getInstance())
                    .refusal("at root: must be JSON");
        }
    }

    /** Parameters that have been read as a part of something else; a missing one is empty. */
    public static Params of(String method, JsonNode node) {
        Params params = new Params(method, "", node);
        if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
            throw params.refusal("at root: must be object");
        }
        return params;
    }

    /** An object below this one; empty if it is absent. */
    public Optional<Params> object(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw refusal("at " + path + "/" + name + ": must be object");
        }
        return Optional.of(new Params(method, path + "/" + name, value));
    }

    /** Objects; an absent array is an empty one. */
    public List<Params> objects(String name) {
        List<Params> objects = new ArrayList<>(size(name));
        for (int i = 0; i < size(name); i++) {
            JsonNode item = node.path(name).get(i);
            String place = path + "/" + name + "/" + i;
            if (!item.isObject()) {
                throw refusal("at " + place + ": must be object");
            }
            objects.add(new Params(method, place, item));
        }
        return objects;
    }

    /** A required, non-empty string. */
    public String text(String name) {
        String value = optionalText(name).orElseThrow(() -> missing(name));
        if (value.isEmpty()) {
            throw refusal("at " + path + "/" + name + ": must not have fewer than 1 characters");
        }
        return value;
    }

    /** A required, non-empty string of at most {@code charsMax} characters. */
    public String text(String name, int charsMax) {
        String value = text(name);
        if (value.length() > charsMax) {
            throw tooLong(name, charsMax);
        }
        return value;
    }

    public Optional<String> optionalText(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw refusal("at " + path + "/" + name + ": must be string");
        }
        return Optional.of(value.stringValue());
    }

    /** A string of at most {@code charsMax} characters that may be absent. */
    public Optional<String> optionalText(String name, int charsMax) {
        Optional<String> value = optionalText(name);
        if (value.isPresent() && value.get().length() > charsMax) {
            throw tooLong(name, charsMax);
        }
        return value;
    }

    /** A string that may be absent but not empty. */
    public Optional<String> optionalName(String name) {
        Optional<String> value = optionalText(name);
        if (value.isPresent() && value.get().isEmpty()) {
            throw refusal("at " + path + "/" + name + ": must not have fewer than 1 characters");
        }
        return value;
    }

    /** Any value; one that is absent has nothing in it. */
    public JsonNode node(String name) {
        return node.path(name);
    }

    /** Any value, as JSON; empty if it is absent. */
    public Optional<String> json(String name) {
        return Optional.ofNullable(node.get(name)).map(JsonNode::toString);
    }

    /** A required string out of a set. */
    public String oneOf(String name, java.util.Set<String> allowed) {
        String value = optionalText(name).orElseThrow(() -> missing(name));
        if (!allowed.contains(value)) {
            throw refusal(
                    "at " + path + "/" + name + ": must be equal to one of the allowed values");
        }
        return value;
    }

    /** A required integer. */
    public long integer(String name, long min) {
        return optionalInteger(name, min, Long.MAX_VALUE).orElseThrow(() -> missing(name));
    }

    public OptionalLong optionalInteger(String name, long min, long max) {
        JsonNode value = present(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw refusal("at " + path + "/" + name + ": must be integer");
        }
        long number = value.longValue();
        if (number < min || number > max) {
            String limit = number < min ? ">= " + min : "<= " + max;
            throw refusal("at " + path + "/" + name + ": must be " + limit);
        }
        return OptionalLong.of(number);
    }

    /** A required boolean. */
    public boolean requiredFlag(String name) {
        if (present(name) == null) {
            throw missing(name);
        }
        return flag(name);
    }

    public boolean flag(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw refusal("at " + path + "/" + name + ": must be boolean");
        }
        return value.booleanValue();
    }

    /** Strings; an absent array is an empty one. */
    public List<String> texts(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw refusal("at " + path + "/" + name + ": must be array");
        }
        List<String> texts = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            if (!item.isString()) {
                throw refusal("at " + path + "/" + name + "/" + i + ": must be string");
            }
            texts.add(item.stringValue());
        }
        return texts;
    }

    /** Items of an array; 0 if it is absent. */
    public int size(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return 0;
        }
        if (!value.isArray()) {
            throw refusal("at " + path + "/" + name + ": must be array");
        }
        return value.size();
    }

    /** A flag that may be absent. */
    public Optional<Boolean> optionalFlag(String name) {
        return has(name) ? Optional.of(flag(name)) : Optional.empty();
    }

    /** Whether the value is a string. */
    public boolean isText(String name) {
        JsonNode value = present(name);
        return value != null && value.isString();
    }

    /** Whether the key was sent, be it with nothing ({@code null}). */
    public boolean mentions(String name) {
        return node.has(name);
    }

    public boolean has(String name) {
        return present(name) != null;
    }

    /** Whether anything was sent at all. */
    public boolean isEmpty() {
        return node.isEmpty();
    }

    /** The refusal for a key that must be there. */
    public EvergateException missing(String name) {
        String problem = "must have required property '" + name + "'";
        return refusal(path.isEmpty() ? problem : "at " + path + ": " + problem);
    }

    private EvergateException tooLong(String name, int charsMax) {
        return refusal(
                "at "
                        + path
                        + "/"
                        + name
                        + ": must not have more than "
                        + charsMax
                        + " characters");
    }

    /** The refusal for a value of the right kind that cannot be taken. */
    public EvergateException refused(String name, String problem) {
        return refusal("at " + path + "/" + name + ": " + problem);
    }

    /** The refusal for this object as a whole. */
    public EvergateException refusedHere(String problem) {
        return refusal("at " + path + ": " + problem);
    }

    private EvergateException refusal(String problem) {
        return new EvergateException(
                ErrorCode.INVALID_REQUEST, "invalid " + method + " params: " + problem);
    }

    private @Nullable JsonNode present(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }
}
