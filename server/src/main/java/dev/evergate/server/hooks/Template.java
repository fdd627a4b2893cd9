package dev.evergate.server.hooks;

import dev.evergate.server.exchange.HttpHead;

import io.netty.handler.codec.http.QueryStringDecoder;

import tools.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with parts of a payload in it: {@code {{messages[0].from}}}, also {@code {{payload.…}}},
 * {@code {{headers.…}}}, {@code {{query.…}}}, {@code {{path}}} and {@code {{now}}}. What is not
 * there is empty. Stateless.
 */
final class Template {
    private static final Pattern PART = Pattern.compile("\\{\\{\\s*([^{}]{1,200}?)\\s*}}");
    private static final Pattern STEP = Pattern.compile("([^.\\[\\]]+)|\\[(\\d{1,6})]");

    private Template() {}

    /**
     * What a template can speak of.
     *
     * @param name the last part of the address
     */
    record Values(JsonNode payload, HttpHead head, String name, long nowMs) {}

    static String render(String template, Values values) {
        return PART.matcher(template)
                .replaceAll(found -> Matcher.quoteReplacement(value(found, values)));
    }

    private static String value(MatchResult found, Values values) {
        String expression = found.group(1);
        return switch (expression) {
            case "path" -> values.name();
            case "now" -> Instant.ofEpochMilli(values.nowMs()).toString();
            default -> {
                int dot = expression.indexOf('.');
                String rest = expression.substring(dot + 1);
                yield switch (expression.substring(0, Math.max(0, dot))) {
                    case "headers" -> values.head().header(rest).orElse("");
                    case "query" -> query(values.head().query(), rest);
                    case "payload" -> text(values.payload(), rest);
                    default -> text(values.payload(), expression);
                };
            }
        };
    }

    private static String query(String query, String name) {
        try {
            return new QueryStringDecoder(query, false)
                    .parameters()
                    .getOrDefault(name, List.of(""))
                    .getFirst();
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    private static String text(JsonNode payload, String path) {
        JsonNode node = payload;
        Matcher steps = STEP.matcher(path);
        while (steps.find()) {
            node =
                    steps.group(1) == null
                            ? node.path(Integer.parseInt(steps.group(2)))
                            : node.path(steps.group(1));
        }
        return node.isMissingNode() || node.isNull()
                ? ""
                : node.isContainer() ? node.toString() : node.asString();
    }
}
