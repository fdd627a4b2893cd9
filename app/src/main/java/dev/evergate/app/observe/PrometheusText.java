package dev.evergate.app.observe;

import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Counter;
import dev.evergate.core.metric.Metric.Distribution;
import dev.evergate.core.metric.Metric.Gauge;
import dev.evergate.core.metric.Metric.Point;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Metrics in the text format of Prometheus, version 0.0.4. Stateless. */
final class PrometheusText {
    private PrometheusText() {}

    static String of(List<Metric> metrics) {
        var text = new StringBuilder(8_192);
        for (Metric metric : metrics) {
            switch (metric) {
                case Gauge gauge -> points(text, head(text, gauge, "gauge"), gauge.points());
                case Counter counter ->
                        points(text, head(text, counter, "counter"), counter.points());
                case Distribution spread ->
                        distribution(text, head(text, spread, "histogram"), spread);
            }
        }
        return text.toString();
    }

    private static String head(StringBuilder text, Metric metric, String type) {
        String help = metric.help().replace("\\", "\\\\").replace("\n", "\\n");
        text.append("# HELP ").append(metric.name()).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(metric.name()).append(' ').append(type).append('\n');
        return metric.name();
    }

    private static void points(StringBuilder text, String name, List<Point> points) {
        points.forEach(point -> line(text, name, point.labels(), point.value()));
    }

    private static void distribution(StringBuilder text, String name, Distribution spread) {
        double below = 0;
        for (int i = 0; i < spread.counts().size(); i++) {
            below += (double) spread.counts().get(i);
            String bound = i < spread.bounds().size() ? number(spread.bounds().get(i)) : "+Inf";
            line(text, name + "_bucket", Map.of("le", bound), below);
        }
        line(text, name + "_sum", Map.of(), spread.sum());
        line(text, name + "_count", Map.of(), below);
    }

    private static void line(
            StringBuilder text, String name, Map<String, String> labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{');
            String separator = "";
            for (var label : new TreeMap<>(labels).entrySet()) {
                text.append(separator).append(label.getKey()).append("=\"");
                text.append(escaped(label.getValue())).append('"');
                separator = ",";
            }
            text.append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
