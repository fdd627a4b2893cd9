package dev.evergate.server.audit;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What of somebody's parameters may stand in the audit log: what they are about, by names that are
 * no secrets, and otherwise only how they are called. Immutable.
 *
 * @param target such as {@code deviceId=ab12}
 * @param detail such as {@code with baseHash, raw}
 */
public record Summary(String target, String detail) {
    /** Nothing is known of them. */
    public static final Summary NONE = new Summary("", "");

    private static final List<String> SHOWN =
            List.of(
                    "requestId",
                    "deviceId",
                    "nodeId",
                    "setupId",
                    "command",
                    "key",
                    "sessionKey",
                    "runId",
                    "name",
                    "tool",
                    "action",
                    "role",
                    "agentId",
                    "number");

    private static final int CHARS_MAX = 100;
    private static final int NAMES_MAX = 12;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,39}");

    /** Of an object; there is nothing to say of anything else. */
    public static Summary of(JsonNode params) {
        if (!params.isObject() || params.isEmpty()) {
            return NONE;
        }
        String target =
                SHOWN.stream()
                        .filter(name -> params.path(name).isString() || params.path(name).isInt())
                        .map(name -> name + "=" + cut(params.path(name).asString()))
                        .collect(Collectors.joining(" "));
        List<String> others =
                params.propertyNames().stream().filter(name -> !SHOWN.contains(name)).toList();
        List<String> named =
                others.stream()
                        .filter(name -> NAME.matcher(name).matches())
                        .sorted()
                        .limit(NAMES_MAX)
                        .toList();
        int unnamed = others.size() - named.size();
        String detail =
                others.isEmpty()
                        ? ""
                        : "with "
                                + String.join(", ", named)
                                + (unnamed > 0 ? " and %d more".formatted(unnamed) : "");
        return new Summary(target, detail);
    }

    private static String cut(String text) {
        return text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "..." : text;
    }
}
