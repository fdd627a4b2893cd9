package dev.evergate.core.config.json5;

import dev.evergate.core.config.json5.Syntax.Scalar;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.math.BigInteger;
import java.util.HexFormat;

/** Reads names, texts, numbers and words. Not thread-safe. */
final class ScalarReader {
    /** More digits are not a number anybody means, and take long to read. */
    private static final int NUMBER_LENGTH_MAX = 1000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Cursor cursor;

    ScalarReader(Cursor cursor) {
        this.cursor = cursor;
    }

    /** The name of a value in an object. */
    String name(char closing) {
        int c = cursor.peek();
        if (c == '"' || c == '\'') {
            return text();
        }
        if (!isWordStart(c)) {
            throw cursor.unexpected(
                    "a name or \"%c\"; a name with other characters needs quotes"
                            .formatted(closing));
        }
        return word();
    }

    Scalar value() {
        int start = cursor.at();
        int c = cursor.peek();
        JsonNode value;
        if (c == '"' || c == '\'') {
            value = NODES.stringNode(text());
        } else if (c == '+' || c == '-' || c == '.' || isDigit(c)) {
            value = number(start);
        } else if (isWordStart(c)) {
            value = named(start);
        } else {
            throw cursor.unexpected("a value");
        }
        return new Scalar(start, cursor.at(), value);
    }

    private JsonNode named(int start) {
        return switch (word()) {
            case "true" -> NODES.booleanNode(true);
            case "false" -> NODES.booleanNode(false);
            case "null" -> NODES.nullNode();
            case "Infinity" -> NODES.numberNode(Double.POSITIVE_INFINITY);
            case "NaN" -> NODES.numberNode(Double.NaN);
            default ->
                    throw cursor.failure(
                            start, "a word without quotes (expected: a value; texts need quotes)");
        };
    }

    private JsonNode number(int start) {
        boolean isNegative = cursor.peek() == '-';
        if (isNegative || cursor.peek() == '+') {
            cursor.skip(1);
        }
        JsonNode value = magnitude(isNegative);
        int c = cursor.peek();
        if (isWordPart(c) || c == '.') {
            throw cursor.unexpected("the end of the number");
        }
        if (cursor.at() - start > NUMBER_LENGTH_MAX) {
            throw cursor.failure(
                    start,
                    "a number of %,d characters (expected: at most %,d)"
                            .formatted(cursor.at() - start, NUMBER_LENGTH_MAX));
        }
        return value;
    }

    private JsonNode magnitude(boolean isNegative) {
        if (cursor.startsWith("Infinity")) {
            cursor.skip("Infinity".length());
            return NODES.numberNode(
                    isNegative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        if (cursor.startsWith("NaN")) {
            cursor.skip("NaN".length());
            return NODES.numberNode(Double.NaN);
        }
        if (cursor.peek() == '0' && (cursor.peek(1) == 'x' || cursor.peek(1) == 'X')) {
            cursor.skip(2);
            return hexadecimal(isNegative);
        }
        return decimal(isNegative);
    }

    private JsonNode hexadecimal(boolean isNegative) {
        int start = cursor.at();
        while (HexFormat.isHexDigit(cursor.peek())) {
            cursor.skip(1);
        }
        return whole(digits(start, "hexadecimal digits"), 16, isNegative);
    }

    private JsonNode decimal(boolean isNegative) {
        int start = cursor.at();
        int digits = skipDigits();
        if (digits > 1 && cursor.since(start).startsWith("0")) {
            throw cursor.failure(start, "a number with a leading 0 (expected: without)");
        }
        boolean isWhole = true;
        if (cursor.take('.')) {
            isWhole = false;
            digits += skipDigits();
        }
        if (digits == 0) {
            throw cursor.unexpected("digits");
        }
        if (cursor.peek() == 'e' || cursor.peek() == 'E') {
            isWhole = false;
            cursor.skip(1);
            if (cursor.peek() == '+' || cursor.peek() == '-') {
                cursor.skip(1);
            }
            if (skipDigits() == 0) {
                throw cursor.unexpected("digits of the exponent");
            }
        }
        String digitsOfAll = digits(start, "digits");
        return isWhole
                ? whole(digitsOfAll, 10, isNegative)
                : fraction(start, digitsOfAll, isNegative);
    }

    /** What was read since {@code start}, short enough to be made a number of. */
    private String digits(int start, String expected) {
        String digits = cursor.since(start);
        if (digits.isEmpty()) {
            throw cursor.unexpected(expected);
        }
        if (digits.length() > NUMBER_LENGTH_MAX) {
            throw cursor.failure(
                    start,
                    "a number of %,d characters (expected: at most %,d)"
                            .formatted(digits.length(), NUMBER_LENGTH_MAX));
        }
        return digits;
    }

    private static JsonNode whole(String digits, int radix, boolean isNegative) {
        BigInteger magnitude = new BigInteger(digits, radix);
        BigInteger value = isNegative ? magnitude.negate() : magnitude;
        if (value.bitLength() < Integer.SIZE) {
            return NODES.numberNode(value.intValue());
        }
        return value.bitLength() < Long.SIZE
                ? NODES.numberNode(value.longValue())
                : NODES.numberNode(value);
    }

    private JsonNode fraction(int start, String digits, boolean isNegative) {
        double magnitude = Double.parseDouble(digits);
        if (Double.isInfinite(magnitude)) {
            throw cursor.failure(
                    start,
                    "a number that is too large (expected: below %s)".formatted(Double.MAX_VALUE));
        }
        return NODES.numberNode(isNegative ? -magnitude : magnitude);
    }

    private int skipDigits() {
        int start = cursor.at();
        while (isDigit(cursor.peek())) {
            cursor.skip(1);
        }
        return cursor.at() - start;
    }

    private String text() {
        int start = cursor.at();
        int quote = cursor.next();
        StringBuilder text = new StringBuilder();
        while (true) {
            int c = cursor.peek();
            if (c == Cursor.END || c == '\n' || c == '\r') {
                throw cursor.failure(
                        start,
                        "a text begins here and does not end on its line (expected: %c)"
                                .formatted(quote));
            }
            if (c == 0) {
                throw cursor.unexpected("text; this file is damaged");
            }
            cursor.skip(1);
            if (c == quote) {
                return text.toString();
            }
            if (c == '\\') {
                escape(text);
            } else {
                text.append((char) c);
            }
        }
    }

    private void escape(StringBuilder text) {
        int c = cursor.next();
        switch (c) {
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'v' -> text.append('\u000B');
            case 'x' -> text.append(code(2));
            case 'u' -> text.append(code(4));
            // A line that goes on in the next one.
            case '\r' -> cursor.take('\n');
            case '\n', '\u2028', '\u2029' -> {}
            case '0' -> {
                if (isDigit(cursor.peek())) {
                    throw cursor.unexpected("no digit after \\0; write \\x00");
                }
                text.append('\0');
            }
            default -> {
                if (isDigit(c) || c == Cursor.END) {
                    cursor.skip(-1);
                    throw cursor.unexpected("one of b f n r t v 0 x u or a sign after \\");
                }
                text.append((char) c);
            }
        }
    }

    private char code(int length) {
        int code = 0;
        for (int digit = 0; digit < length; digit++) {
            if (!HexFormat.isHexDigit(cursor.peek())) {
                throw cursor.unexpected("%d hexadecimal digits".formatted(length));
            }
            code = code * 16 + HexFormat.fromHexDigit(cursor.next());
        }
        return (char) code;
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        while (isWordPart(cursor.peek())) {
            int start = cursor.at();
            int c = cursor.next();
            if (c == '\\') {
                if (!cursor.take('u')) {
                    throw cursor.unexpected("u after \\ in a name");
                }
                c = code(4);
                if (c == '\\' || !(word.isEmpty() ? isWordStart(c) : isWordPart(c))) {
                    throw cursor.failure(start, "a name without quotes cannot hold this character");
                }
            }
            word.append((char) c);
        }
        return word.toString();
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordStart(int c) {
        return switch (c) {
            case Cursor.END -> false;
            case '$', '_', '\\' -> true;
            default -> Character.isLetter(c) || Character.getType(c) == Character.LETTER_NUMBER;
        };
    }

    private static boolean isWordPart(int c) {
        return isWordStart(c) || (c != Cursor.END && joinsWords(c));
    }

    private static boolean joinsWords(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.CONNECTOR_PUNCTUATION ->
                    true;
            default -> c == '\u200C' || c == '\u200D';
        };
    }
}
