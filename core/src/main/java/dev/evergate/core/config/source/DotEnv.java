package dev.evergate.core.config.source;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Variables from a file of lines {@code NAME=value}, as the dotenv packages read them: {@code #}
 * begins a comment, {@code export} may stand in front, values may be quoted and then span lines.
 */
public final class DotEnv {
    private static final int BYTES_MAX = 1 << 20;

    /** A name, and whatever follows it in its line. */
    private static final Pattern LINE =
            Pattern.compile(
                    "^[ \\t]*+(?:export[ \\t]++)?+([\\w.-]++)[ \\t]*+=[ \\t]*+([^\\r\\n]*+)",
                    Pattern.MULTILINE);

    private DotEnv() {}

    /** What a file says; nothing if there is none, or if it cannot be used. */
    public static Map<String, String> read(Path file) {
        return FileText.read(file, BYTES_MAX) instanceof FileText.Text(_, var text)
                ? parse(text)
                : Map.of();
    }

    static Map<String, String> parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        Matcher line = LINE.matcher(text);
        int at = 0;
        while (line.find(at)) {
            String rest = line.group(2);
            char quote = rest.isEmpty() ? ' ' : rest.charAt(0);
            int from = line.start(2) + 1;
            int end = "'\"`".indexOf(quote) < 0 ? -1 : closing(text, from, quote);
            if (end >= 0) {
                values.put(line.group(1), unescaped(text.substring(from, end), quote));
            } else {
                values.put(line.group(1), rest.replaceFirst("\\s*+#.*+$", "").strip());
            }
            at = end >= 0 ? lineEnd(text, end) : line.end();
            if (at >= text.length()) {
                break;
            }
        }
        return Collections.unmodifiableMap(values);
    }

    /** Where a quoted value ends; -1 if nothing ends it. */
    private static int closing(String text, int from, char quote) {
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '\\' && quote == '"') {
                at++;
            } else if (text.charAt(at) == quote) {
                return at;
            }
        }
        return -1;
    }

    private static String unescaped(String value, char quote) {
        return quote == '"'
                ? value.replace("\\n", "\n").replace("\\r", "\r").replace("\\\"", "\"")
                : value;
    }

    private static int lineEnd(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }
}
