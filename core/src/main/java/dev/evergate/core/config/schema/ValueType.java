package dev.evergate.core.config.schema;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a key may hold. Immutable. */
public sealed interface ValueType {
    /** Whether a value is of this type; null never is. */
    boolean accepts(JsonNode value);

    /** For people, as in "expected: a whole number from 1 to 65535". */
    String phrase();

    /** True or false. */
    record Flag() implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return value.isBoolean();
        }

        @Override
        public String phrase() {
            return "true or false";
        }
    }

    /** A number without a fraction; both ends belong to it. */
    record Whole(long min, long max) implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return value.isIntegralNumber()
                    && value.canConvertToLong()
                    && value.longValue() >= min
                    && value.longValue() <= max;
        }

        @Override
        public String phrase() {
            return min == Long.MIN_VALUE
                    ? "a whole number"
                    : max >= Integer.MAX_VALUE
                            ? "a whole number, %d or more".formatted(min)
                            : "a whole number from %d to %d".formatted(min, max);
        }
    }

    /** Any finite number; both ends belong to it. */
    record Decimal(double min, double max) implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max;
        }

        @Override
        public String phrase() {
            return max == Double.MAX_VALUE
                    ? "a number, %s or more".formatted(plain(min))
                    : "a number from %s to %s".formatted(plain(min), plain(max));
        }

        private static String plain(double number) {
            return number == Math.rint(number)
                    ? Long.toString((long) number)
                    : Double.toString(number);
        }
    }

    /**
     * Text of a certain form.
     *
     * @param form matches the whole text
     * @param phrase for people
     * @param sample a text of that form
     */
    record Text(Pattern form, String phrase, String sample) implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return value.isString() && form.matcher(value.stringValue()).matches();
        }
    }

    /** One of a few texts. */
    record Choice(List<String> texts) implements ValueType {
        public Choice {
            texts = List.copyOf(texts);
        }

        @Override
        public boolean accepts(JsonNode value) {
            return value.isString() && texts.contains(value.stringValue());
        }

        @Override
        public String phrase() {
            return texts.stream()
                    .map(text -> "\"" + text + "\"")
                    .collect(Collectors.joining(", ", texts.size() == 1 ? "" : "one of ", ""));
        }
    }

    /** Text that must not be shown. */
    record SecretText() implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return value.isString();
        }

        @Override
        public String phrase() {
            return "a text in quotes, ${NAME} or a secret reference";
        }
    }

    /** An address that begins with http:// or https:// and names a host. */
    record HttpUrl() implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            try {
                URI url = URI.create(value.isString() ? value.stringValue() : "");
                return url.getHost() != null
                        && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
            } catch (IllegalArgumentException _) {
                return false;
            }
        }

        @Override
        public String phrase() {
            return "an address such as http://127.0.0.1:11434/v1";
        }
    }

    /** Any number of values of one type, in their order. */
    record ListOf(ValueType item) implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return value.isArray() && value.valueStream().allMatch(item::accepts);
        }

        @Override
        public String phrase() {
            return "a list, each " + item.phrase();
        }
    }

    /** A value of any of these types. */
    record AnyOf(List<ValueType> types) implements ValueType {
        public AnyOf {
            types = List.copyOf(types);
        }

        @Override
        public boolean accepts(JsonNode value) {
            return types.stream().anyMatch(type -> type.accepts(value));
        }

        @Override
        public String phrase() {
            return types.stream().map(ValueType::phrase).collect(Collectors.joining(", or "));
        }
    }

    /** Whatever is written; nobody looks into it yet. */
    record Anything() implements ValueType {
        @Override
        public boolean accepts(JsonNode value) {
            return !value.isNull() && !value.isMissingNode();
        }

        @Override
        public String phrase() {
            return "anything";
        }
    }
}
