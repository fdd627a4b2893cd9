package dev.evergate.core.config.json5;

/** A place in a text that is being read. Not thread-safe. */
final class Cursor {
    /** What {@link #peek} says at the end; no character of a text. */
    static final int END = -1;

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final char LINE_SEPARATOR = '\u2028';
    private static final char PARAGRAPH_SEPARATOR = '\u2029';
    private static final char VERTICAL_TAB = '\u000B';

    private final String text;
    private int at;

    Cursor(String text) {
        this.text = text;
    }

    int at() {
        return at;
    }

    int peek() {
        return peek(0);
    }

    int peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : END;
    }

    int next() {
        int c = peek();
        at++;
        return c;
    }

    void skip(int count) {
        at += count;
    }

    /** Passes over this character if it stands here. */
    boolean take(char expected) {
        boolean isThere = peek() == expected;
        if (isThere) {
            at++;
        }
        return isThere;
    }

    boolean startsWith(String word) {
        return text.startsWith(word, at);
    }

    String since(int start) {
        return text.substring(start, at);
    }

    /** Passes over space and comments. */
    void skipBlank() {
        while (true) {
            if (isBlank(peek())) {
                at++;
            } else if (startsWith("//")) {
                skipLine();
            } else if (startsWith("/*")) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw failure(at, "a comment begins here and never ends (expected: */)");
                }
                at = end + 2;
            } else {
                return;
            }
        }
    }

    private void skipLine() {
        while (peek() != END && !isLineEnd(peek())) {
            at++;
        }
    }

    static boolean isBlank(int c) {
        return switch (c) {
            case END -> false;
            case ' ', '\t', '\f', VERTICAL_TAB, BYTE_ORDER_MARK -> true;
            default -> isLineEnd(c) || Character.getType(c) == Character.SPACE_SEPARATOR;
        };
    }

    static boolean isLineEnd(int c) {
        return c == '\n' || c == '\r' || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR;
    }

    /** What stands here is not what JSON5 allows here. */
    Json5Exception unexpected(String expected) {
        return failure(at, "%s (expected: %s)".formatted(found(peek()), expected));
    }

    Json5Exception failure(int offset, String message) {
        return new Json5Exception(Place.of(text, offset), message);
    }

    private static String found(int c) {
        if (c == END) {
            return "the text ends";
        }
        if (c == '"') {
            return "found '\"'";
        }
        return c > ' ' && c < 0x7F
                ? "found \"%c\"".formatted(c)
                : "found the character U+%04X".formatted(c);
    }
}
