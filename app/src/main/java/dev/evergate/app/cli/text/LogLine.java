package dev.evergate.app.cli.text;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One JSON record of a log as a line for people. */
public final class LogLine {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private LogLine() {}

    /** The line; a record that is not JSON stays as it is. */
    public static String of(String record, Output output) {
        JsonNode tree;
        try {
            tree = JsonMapper.shared().readTree(record);
        } catch (JacksonException plain) {
            return Output.harmless(record);
        }
        if (!tree.isObject()) {
            return Output.harmless(record);
        }
        String level =
                tree.path("level")
                        .asString(tree.path("_meta").path("logLevelName").asString("INFO"))
                        .toUpperCase(Locale.ROOT);
        String message =
                tree.path("message")
                        .asString(tree.path("msg").asString(tree.path("0").asString(record)));
        return output.toned(Output.Tone.FAINT, clock(tree.path("time").asString("")))
                + " "
                + toned(level, output)
                + " "
                + Output.harmless(message);
    }

    private static String toned(String level, Output output) {
        String padded = (level + "     ").substring(0, Math.max(5, level.length()));
        return switch (level) {
            case "ERROR", "FATAL" -> output.toned(Output.Tone.BAD, padded);
            case "WARN" -> output.toned(Output.Tone.WARNING, padded);
            case "DEBUG", "TRACE" -> output.toned(Output.Tone.FAINT, padded);
            default -> padded;
        };
    }

    private static String clock(String time) {
        try {
            return OffsetDateTime.parse(time)
                    .atZoneSameInstant(ZoneId.systemDefault())
                    .format(CLOCK);
        } catch (DateTimeException other) {
            return time;
        }
    }
}
