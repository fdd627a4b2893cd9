package dev.evergate.app.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns line up. Used by one thread. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a row; a shorter row leaves its last columns empty. */
    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The rows as lines, without blanks at their ends. */
    public List<String> lines() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i));
            line.repeat(' ', widths[i] - width(row.get(i))).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    /** Columns a text takes: colour codes take none. */
    private static int width(String text) {
        String shown = text.indexOf('\u001b') < 0 ? text : text.replaceAll("\u001b\\[\\d*m", "");
        return shown.codePointCount(0, shown.length());
    }
}
