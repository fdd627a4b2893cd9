package dev.evergate.bench;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects figures, prints each as it comes, and all of them as a table at the end. One thread. */
public final class Report {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<Row> rows = new ArrayList<>();
    private final Map<String, String> conditions = new LinkedHashMap<>();

    /**
     * One figure.
     *
     * @param measure it belongs to
     * @param name what exactly
     * @param unit of the values
     * @param against what it was measured beside; empty if alone
     */
    private record Row(
            String measure,
            String name,
            String unit,
            Samples samples,
            Target target,
            String against) {
        String line() {
            return String.format(
                    Locale.ROOT,
                    "%-44s %11s %-8s %-22s %-15s %s",
                    name,
                    figure(samples.median()),
                    unit,
                    figure(samples.min())
                            + " – "
                            + figure(samples.max())
                            + " ("
                            + samples.values().size()
                            + ")",
                    target.verdict(samples.median()),
                    against);
        }
    }

    /** Collects the figures of one measure. */
    public final class Section {
        private final String measure;
        private final Map<String, List<Double>> values = new LinkedHashMap<>();
        private final Map<String, Row> shapes = new LinkedHashMap<>();

        private Section(String measure) {
            this.measure = measure;
        }

        /** Declares a figure; figures are shown in the order of declaration. */
        public Section figure(String name, String unit, Target target, String against) {
            shapes.put(name, new Row(measure, name, unit, new Samples(List.of()), target, against));
            values.put(name, new ArrayList<>());
            return this;
        }

        public Section figure(String name, String unit) {
            return figure(name, unit, Target.none(), "");
        }

        /** Adds what one run gave. */
        public void add(String name, double value) {
            List<Double> all = values.get(name);
            if (all == null) {
                throw new IllegalArgumentException(name + " (expected: one of " + values.keySet());
            }
            all.add(value);
        }

        /** Moves what was collected into the report. */
        public void close() {
            for (Row shape : shapes.values()) {
                var samples = new Samples(values.getOrDefault(shape.name, List.of()));
                if (samples.values().isEmpty()) {
                    continue;
                }
                var row =
                        new Row(
                                measure,
                                shape.name,
                                shape.unit,
                                samples,
                                shape.target,
                                shape.against);
                rows.add(row);
                System.out.println("    " + row.line());
            }
        }
    }

    public Section section(String measure) {
        return new Section(measure);
    }

    /** Notes something about a measure that a reader of its figures must know. */
    public void note(String about, String text) {
        conditions.merge(about, text, (before, more) -> before + "; " + more);
        System.out.println("    " + about + ": " + text);
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public void print(Map<String, String> machine) {
        System.out.println();
        machine.forEach((name, value) -> System.out.printf("%-18s %s%n", name, value));
        String measure = "";
        for (Row row : rows) {
            if (!row.measure.equals(measure)) {
                measure = row.measure;
                System.out.printf("%n%s%n", measure);
            }
            System.out.println("  " + row.line());
        }
        System.out.println();
        conditions.forEach((about, text) -> System.out.printf("%s: %s%n", about, text));
    }

    public void write(Path file, Map<String, String> machine) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        machine.forEach(root.putObject("machine")::put);
        var figures = root.putArray("figures");
        for (Row row : rows) {
            ObjectNode figure = figures.addObject();
            figure.put("measure", row.measure).put("name", row.name).put("unit", row.unit);
            figure.put("median", row.samples.median());
            figure.put("min", row.samples.min()).put("max", row.samples.max());
            row.samples.values().forEach(figure.putArray("runs")::add);
            figure.put("target", row.target.verdict(row.samples.median()));
            figure.put("against", row.against);
        }
        conditions.forEach(root.putObject("notes")::put);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
    }

    private static String figure(double value) {
        double size = Math.abs(value);
        String format = size >= 1_000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
