package dev.evergate.keeper.log;

/**
 * One log record, a JSON object on one line, in the shape that clients of {@code logs.tail} read.
 *
 * <p>Thread-safety: one thread at a time.
 */
public final class JsonLine {
    /** Longer texts are cut: a line must fit one write. */
    private static final int TEXT_CHARS_MAX = 8_000;

    /** Where texts end whatever their number: at three bytes a character, one write of 64 KiB. */
    private static final int LINE_CHARS_MAX = 20_000;

    private final StringBuilder json = new StringBuilder(256);

    private JsonLine() {}

    /**
     * The beginning every record has.
     *
     * @param wallMs when, Unix milliseconds
     * @param level {@code INFO}, {@code WARN}, …
     * @param process {@code keeper} or {@code generation}
     */
    public static JsonLine begin(long wallMs, String level, String process) {
        JsonLine line = new JsonLine();
        line.json.append("{\"time\":\"").append(LogDate.instant(wallMs));
        line.json.append("\",\"_meta\":{\"logLevelName\":\"").append(level).append("\"}");
        return line.with("process", process);
    }

    /** Adds a number. */
    public JsonLine with(String name, long number) {
        json.append(",\"").append(name).append("\":").append(number);
        return this;
    }

    /** Adds a text, cut to 8,000 characters, and less when the record gets too long. */
    public JsonLine with(String name, String text) {
        json.append(",\"").append(name).append("\":\"");
        escape(text);
        json.append('"');
        return this;
    }

    /** The record, without a line end. */
    @Override
    public String toString() {
        return json + "}";
    }

    private void escape(String text) {
        int length = Math.min(text.length(), TEXT_CHARS_MAX);
        for (int i = 0; i < length && json.length() < LINE_CHARS_MAX; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == '\n') {
                json.append("\\n");
            } else if (c < ' ') {
                json.append(c < 16 ? "\\u000" : "\\u00").append(Integer.toHexString(c));
            } else {
                json.append(c);
            }
        }
    }
}
