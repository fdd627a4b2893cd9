package dev.evergate.core.config.json5;

/**
 * Where something stands in a text, as editors count.
 *
 * @param line from 1
 * @param column in characters, from 1
 */
public record Place(int line, int column) {
    /** The place of a character; the end of the text if there are not that many. */
    static Place of(String text, int offset) {
        int line = 1;
        int lineStart = 0;
        int end = Math.min(offset, text.length());
        for (int at = 0; at < end; at++) {
            char c = text.charAt(at);
            boolean halfOfOne = c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
            if (c == '\n' || (c == '\r' && !halfOfOne)) {
                line++;
                lineStart = at + 1;
            }
        }
        return new Place(line, text.codePointCount(lineStart, end) + 1);
    }

    @Override
    public String toString() {
        return "line %d, column %d".formatted(line, column);
    }
}
