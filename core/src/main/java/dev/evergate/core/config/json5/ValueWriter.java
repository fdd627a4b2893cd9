package dev.evergate.core.config.json5;

import tools.jackson.databind.JsonNode;

import java.util.StringJoiner;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Writes values in the style of a text. Immutable. */
record ValueWriter(Style style) {
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_$][\\w$]*");

    /** A list of simple values stays on one line up to this many characters. */
    private static final int LINE_MAX = 80;

    /** Without a line end. */
    String inLine(JsonNode value) {
        if (value.isObject()) {
            StringJoiner members = new StringJoiner(", ", "{ ", " }").setEmptyValue("{}");
            value.forEachEntry((name, member) -> members.add(named(name) + inLine(member)));
            return members.toString();
        }
        if (value.isArray()) {
            StringJoiner elements = new StringJoiner(", ", "[", "]");
            value.forEach(element -> elements.add(inLine(element)));
            return elements.toString();
        }
        return scalar(value);
    }

    /**
     * With a line for every value in it.
     *
     * @param indent what the line begins with that the value is on
     */
    String lines(JsonNode value, String indent) {
        String inner = indent + style.unit();
        if (value.isEmpty() || !value.isContainer() || isShort(value)) {
            return inLine(value);
        }
        Function<String, StringJoiner> block =
                brackets ->
                        new StringJoiner(
                                "," + style.newline(),
                                brackets.charAt(0) + style.newline(),
                                (style.trailingComma() ? "," : "")
                                        + style.newline()
                                        + indent
                                        + brackets.charAt(1));
        if (value.isObject()) {
            StringJoiner members = block.apply("{}");
            value.forEachEntry(
                    (name, member) -> members.add(inner + named(name) + lines(member, inner)));
            return members.toString();
        }
        StringJoiner elements = block.apply("[]");
        value.forEach(element -> elements.add(inner + lines(element, inner)));
        return elements.toString();
    }

    private boolean isShort(JsonNode value) {
        return value.isArray()
                && value.valueStream().noneMatch(JsonNode::isContainer)
                && inLine(value).length() <= LINE_MAX;
    }

    /** A name with what stands between it and its value. */
    String named(String name) {
        boolean isBare = style.nameQuote().isEmpty() && isPlain(name);
        String quote = style.nameQuote().isEmpty() ? style.quote() : style.nameQuote();
        return (isBare ? name : quoted(name, quote.charAt(0))) + ": ";
    }

    /** Whether a name can stand without quotes. */
    static boolean isPlain(String name) {
        return PLAIN_NAME.matcher(name).matches();
    }

    private String scalar(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> quoted(value.stringValue(), style.quote().charAt(0));
            case NUMBER, BOOLEAN -> value.asString();
            case NULL -> "null";
            case ARRAY, OBJECT, BINARY, MISSING, POJO ->
                    throw new IllegalArgumentException(
                            "%s (expected: a value of JSON)".formatted(value.getNodeType()));
        };
    }

    private static String quoted(String text, char quote) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c == quote) {
                        quoted.append('\\').append(c);
                    } else if (isShown(text, at)) {
                        quoted.append(c);
                    } else {
                        quoted.append("\\u%04x".formatted((int) c));
                    }
                }
            }
        }
        return quoted.append(quote).toString();
    }

    /** Whether a character can be seen, and survives being written to a file. */
    private static boolean isShown(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        }
        return !Character.isISOControl(c) && (c == ' ' || !Cursor.isBlank(c));
    }
}
