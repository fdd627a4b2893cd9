package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text format of Prometheus as strictly as its own linter, and refuses what is odd. */
public final class PrometheusReader {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "("
                            + NAME
                            + ")(\\{"
                            + NAME
                            + "=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\""
                            + "(?:,"
                            + NAME
                            + "=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\")*\\})?"
                            + " (-?\\d+(?:\\.\\d+)?(?:E-?\\d+)?|NaN|[+-]Inf)");

    private PrometheusReader() {}

    /** Every series with its value, by name and labels as written. */
    public static Map<String, Double> read(String text) {
        Map<String, String> types = new HashMap<>();
        Map<String, Double> series = new LinkedHashMap<>();
        String helped = "";
        assertThat(text).endsWith("\n");
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                assertThat(words[3]).as(line).isNotBlank();
                helped = words[2];
            } else if (line.startsWith("# TYPE ")) {
                assertThat(words[2]).as("HELP comes before %s", line).isEqualTo(helped);
                assertThat(words[3]).isIn("gauge", "counter", "histogram");
                assertThat(words[2].endsWith("_total"))
                        .as(line)
                        .isEqualTo(words[3].equals("counter"));
                assertThat(types.put(words[2], words[3])).as("%s twice", words[2]).isNull();
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(family(sample.group(1), types)).as(line).isEqualTo(helped);
                String name = line.substring(0, line.lastIndexOf(' '));
                assertThat(series.put(name, number(sample.group(3)))).as("%s twice", name).isNull();
            }
        }
        types.forEach((name, type) -> checkHistogram(name, type, series));
        return series;
    }

    private static String family(String name, Map<String, String> types) {
        if (types.containsKey(name)) {
            return name;
        }
        String base = name.replaceAll("_(bucket|sum|count)$", "");
        assertThat(types.get(base)).as(name).isEqualTo("histogram");
        return base;
    }

    private static void checkHistogram(String name, String type, Map<String, Double> series) {
        if (!type.equals("histogram")) {
            return;
        }
        double before = 0;
        for (var entry : series.entrySet()) {
            if (entry.getKey().startsWith(name + "_bucket{")) {
                assertThat(entry.getValue()).as(entry.getKey()).isGreaterThanOrEqualTo(before);
                before = entry.getValue();
            }
        }
        assertThat(series.get(name + "_bucket{le=\"+Inf\"}")).isEqualTo(before);
        assertThat(series.get(name + "_count")).isEqualTo(before);
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("Inf", "Infinity"));
    }
}
