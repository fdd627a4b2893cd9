package dev.evergate.core.config.json5;

import dev.evergate.core.config.json5.Syntax.Block;
import dev.evergate.core.config.json5.Syntax.Item;
import dev.evergate.core.config.json5.Syntax.Scalar;

import java.util.ArrayList;
import java.util.List;

/**
 * How a text is written, so that what is added looks like what is there.
 *
 * @param newline what ends a line
 * @param unit what a block is indented by
 * @param nameQuote around names that would do without; empty if they stand alone
 * @param quote around texts
 * @param trailingComma whether the last of a block has a comma behind it
 */
record Style(String newline, String unit, String nameQuote, String quote, boolean trailingComma) {

    static Style of(String text, Block root) {
        Layout layout = new Layout(text);
        List<Block> blocks = new ArrayList<>();
        List<Scalar> scalars = new ArrayList<>();
        collect(root, blocks, scalars);
        List<Item> members =
                blocks.stream().filter(Block::named).flatMap(b -> b.items().stream()).toList();
        String nameQuote = nameQuote(text, members, "");
        String quote =
                scalars.stream()
                        .filter(scalar -> scalar.tree().isString())
                        .map(scalar -> text.substring(scalar.start(), scalar.start() + 1))
                        .findFirst()
                        .orElse("\"");
        List<Block> written =
                blocks.stream()
                        .filter(b -> !b.items().isEmpty())
                        .filter(b -> layout.beginsItsLine(b.items().getLast().start()))
                        .toList();
        boolean trailingComma =
                written.isEmpty()
                        ? nameQuote.isEmpty()
                        : written.stream().anyMatch(b -> b.items().getLast().hasComma());
        return new Style(newline(text), unit(layout, written), nameQuote, quote, trailingComma);
    }

    /** The same, but with names as these have them. */
    Style withNamesOf(String text, List<Item> items) {
        return new Style(newline, unit, nameQuote(text, items, nameQuote), quote, trailingComma);
    }

    /** The same, but with this around texts. */
    Style withQuote(String other) {
        return new Style(newline, unit, nameQuote, other, trailingComma);
    }

    private static void collect(Syntax syntax, List<Block> blocks, List<Scalar> scalars) {
        switch (syntax) {
            case Block block -> {
                blocks.add(block);
                block.items().forEach(item -> collect(item.value(), blocks, scalars));
            }
            case Scalar scalar -> scalars.add(scalar);
        }
    }

    /** Whoever leaves quotes away once can read names without, and some names need them. */
    private static String nameQuote(String text, List<Item> items, String otherwise) {
        String quote = otherwise;
        for (Item item : items) {
            String first = text.substring(item.start(), item.start() + 1);
            if (!first.equals("\"") && !first.equals("'")) {
                return "";
            }
            if (ValueWriter.isPlain(item.name())) {
                quote = first;
            }
        }
        return quote;
    }

    private static String newline(String text) {
        int end = text.indexOf('\n');
        return end > 0 && text.charAt(end - 1) == '\r' ? "\r\n" : "\n";
    }

    private static String unit(Layout layout, List<Block> written) {
        for (Block block : written) {
            String outer = layout.indentation(block.start());
            String inner = layout.indentation(block.items().getLast().start());
            if (inner.startsWith(outer) && inner.length() > outer.length()) {
                return inner.substring(outer.length());
            }
        }
        return "  ";
    }
}
