import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

/**
 * Says how a run of {@code ./check} went: what failed, seconds per kind of test, and one closing
 * line that holds the counts.
 *
 * <p>Usage: {@code Summary ROOT BUILD_EXIT UNFORMATTED COMPAT FULL}, where UNFORMATTED is not 0 if
 * some source is not formatted, and COMPAT and FULL are {@code none} or seconds, exit code and last
 * line of {@code compat/run} and {@code compat/run full}. Exits 1 unless everything passed.
 */
class Summary {
    /** In the order of the table. */
    private enum Kind {
        BUILD,
        FORMAT,
        UNIT,
        STRUCTURE,
        CONTRACT,
        SIM,
        PROCESS,
        COMPAT,
        FULL
    }

    private static final Pattern TAG =
            Pattern.compile("^@Tag\\(\"(contract|sim|process|full)\"\\)", Pattern.MULTILINE);
    private static final Pattern SUPERCLASS = Pattern.compile("class \\w+ extends (\\w+)");
    private static final Pattern COUNT =
            Pattern.compile("(\\d+) passed, (\\d+) failed(?:, (\\d+) skipped)?");

    private final Path root;
    private final Map<Kind, Row> rows = new EnumMap<>(Kind.class);
    private final List<String> failures = new ArrayList<>();

    private Summary(Path root) {
        this.root = root;
    }

    public static void main(String[] args) throws Exception {
        var summary = new Summary(Path.of(args[0]));
        summary.addReports();
        summary.rows.put(Kind.BUILD, single(args[1]));
        summary.rows.put(Kind.FORMAT, single(args[2]));
        summary.addCompat(Kind.COMPAT, args[3]);
        summary.addCompat(Kind.FULL, args[4]);
        System.exit(summary.print() ? 0 : 1);
    }

    private static Row single(String problems) {
        return new Row(1, problems.equals("0") ? 0 : 1, 0, 0);
    }

    private void addReports() throws Exception {
        List<Path> reports;
        try (Stream<Path> found = Files.walk(root, 4)) {
            reports =
                    found.filter(file -> file.toString().matches(".*-reports/TEST-.*\\.xml"))
                            .sorted()
                            .toList();
        }
        for (Path report : reports) {
            addReport(report);
        }
    }

    private void addReport(Path report) throws Exception {
        Element suite =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(report.toFile())
                        .getDocumentElement();
        int failed = number(suite, "failures") + number(suite, "errors");
        var row =
                new Row(
                        number(suite, "tests"),
                        failed,
                        number(suite, "skipped"),
                        Double.parseDouble(suite.getAttribute("time").replace(",", "")));
        Path sources = report.getParent().getParent().resolveSibling("src/test/java");
        rows.merge(kindOf(suite.getAttribute("name"), sources), row, Row::plus);
        if (failed > 0) {
            addFailures(suite, report);
        }
    }

    private void addFailures(Element suite, Path report) {
        NodeList tests = suite.getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++) {
            var test = (Element) tests.item(i);
            for (String kind : List.of("failure", "error")) {
                Node failure = test.getElementsByTagName(kind).item(0);
                if (failure != null) {
                    failures.add(
                            "%s.%s%n    %s%n    %s"
                                    .formatted(
                                            test.getAttribute("classname"),
                                            test.getAttribute("name"),
                                            failure.getTextContent()
                                                    .strip()
                                                    .lines()
                                                    .limit(10)
                                                    .reduce((a, b) -> a + "\n    " + b)
                                                    .orElse(""),
                                            root.relativize(report)));
                }
            }
        }
    }

    private Kind kindOf(String className, Path sources) throws IOException {
        if (className.contains(".structure.")) {
            return Kind.STRUCTURE;
        }
        Path source =
                sources.resolve(className.replaceAll("\\$.*", "").replace('.', '/') + ".java");
        return Files.exists(source) ? kindOf(Files.readString(source)) : Kind.UNIT;
    }

    /** The kind stands as a tag on the class, or on the suite it extends. */
    private Kind kindOf(String source) throws IOException {
        Matcher tag = TAG.matcher(source);
        if (tag.find()) {
            return Kind.valueOf(tag.group(1).toUpperCase(Locale.ROOT));
        }
        Matcher superclass = SUPERCLASS.matcher(source);
        if (!superclass.find()) {
            return Kind.UNIT;
        }
        try (Stream<Path> files = Files.walk(root.resolve("testkit/src"))) {
            Path suite =
                    files.filter(file -> file.endsWith(superclass.group(1) + ".java"))
                            .findFirst()
                            .orElse(null);
            return suite == null ? Kind.UNIT : kindOf(Files.readString(suite));
        }
    }

    private void addCompat(Kind kind, String result) {
        if (result.equals("none")) {
            return;
        }
        String[] parts = result.split(" ", 3);
        Matcher count = COUNT.matcher(parts[2]);
        double seconds = Double.parseDouble(parts[0]);
        if (count.find()) {
            int passed = Integer.parseInt(count.group(1));
            int failed = Integer.parseInt(count.group(2));
            int skipped = count.group(3) == null ? 0 : Integer.parseInt(count.group(3));
            var row = new Row(passed + failed + skipped, failed, skipped, seconds);
            rows.merge(kind, row, Row::plus);
        } else {
            boolean isFailed = !parts[1].equals("0"); // else it was skipped, and its line says why
            var row = new Row(1, isFailed ? 1 : 0, isFailed ? 0 : 1, seconds);
            rows.merge(kind, row, Row::plus);
        }
        System.out.println(parts[2]);
    }

    private boolean print() {
        failures.forEach(failure -> System.out.println("failed: " + failure));
        System.out.println();
        System.out.println("kind        tests  failed  skipped  seconds");
        rows.forEach((kind, row) -> System.out.println(row.line(kind.name())));
        Row sum = rows.values().stream().reduce(new Row(0, 0, 0, 0), Row::plus);
        System.out.println();
        System.out.println(
                (sum.tests - sum.failed - sum.skipped)
                        + " passed, "
                        + sum.failed
                        + " failed"
                        + (sum.skipped > 0 ? ", " + sum.skipped + " skipped" : ""));
        return sum.failed == 0;
    }

    private static int number(Element element, String attribute) {
        return Integer.parseInt(element.getAttribute(attribute));
    }

    private record Row(int tests, int failed, int skipped, double seconds) {
        Row plus(Row other) {
            return new Row(
                    tests + other.tests,
                    failed + other.failed,
                    skipped + other.skipped,
                    seconds + other.seconds);
        }

        String line(String kind) {
            return String.format(
                    Locale.ROOT,
                    "%-10s  %5d  %6d  %7d  %7.1f",
                    kind.toLowerCase(Locale.ROOT),
                    tests,
                    failed,
                    skipped,
                    seconds);
        }
    }
}
