package dev.evergate.core.config.json5;

import dev.evergate.core.config.json5.Syntax.Block;
import dev.evergate.core.config.json5.Syntax.Item;
import dev.evergate.core.config.json5.Syntax.Scalar;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a text mean something else with as little change as there can be: values that stay keep
 * their characters, comments outside what goes stay, what comes looks like what is there.
 */
final class Rewrite {
    private final String text;
    private final Layout layout;
    private final Style style;
    private final Splices splices = new Splices();

    private Rewrite(String text, Style style) {
        this.text = text;
        this.layout = new Layout(text);
        this.style = style;
    }

    /** The text with as little changed as it takes to mean {@code target}. */
    static String of(String text, Block root, ObjectNode target) {
        Rewrite rewrite = new Rewrite(text, Style.of(text, root));
        rewrite.object(root, target);
        return rewrite.splices.appliedTo(text);
    }

    private void value(Item item, JsonNode target) {
        Syntax value = item.value();
        if (value instanceof Block block && block.named() && target instanceof ObjectNode object) {
            object(block, object);
        } else if (value instanceof Block block
                && !block.named()
                && target instanceof ArrayNode list) {
            list(block, list);
        } else if (!Values.areSame(value.tree(), target)) {
            splices.replace(value.start(), value.end(), replacement(item, target));
        }
    }

    private String replacement(Item item, JsonNode target) {
        Syntax old = item.value();
        boolean wasText = old instanceof Scalar scalar && scalar.tree().isString();
        Style own = wasText ? style.withQuote(text.substring(old.start(), old.start() + 1)) : style;
        ValueWriter writer = new ValueWriter(own);
        return layout.beginsItsLine(item.start())
                ? writer.lines(target, layout.indentation(item.start()))
                : writer.inLine(target);
    }

    private void object(Block block, ObjectNode target) {
        List<Item> items = block.items();
        Map<String, Integer> counting = new HashMap<>();
        for (int index = 0; index < items.size(); index++) {
            counting.put(items.get(index).name(), index);
        }
        BitSet removed = new BitSet();
        for (int index = 0; index < items.size(); index++) {
            Item item = items.get(index);
            if (!target.has(item.name())) {
                removed.set(index);
            } else if (counting.getOrDefault(item.name(), -1) == index) {
                value(item, target.get(item.name()));
            }
        }
        List<Entry> added = new ArrayList<>();
        target.forEachEntry(
                (name, value) -> {
                    if (!counting.containsKey(name)) {
                        added.add(new Entry(name, value));
                    }
                });
        reshape(block, removed, removed.previousClearBit(items.size() - 1), added);
    }

    /** What stays at the beginning and at the end stays; what is between changes in place. */
    private void list(Block block, ArrayNode target) {
        List<JsonNode> old = block.items().stream().map(item -> item.value().tree()).toList();
        int shorter = Math.min(old.size(), target.size());
        int first = 0;
        while (first < shorter && Values.areSame(old.get(first), target.get(first))) {
            first++;
        }
        int last = 0;
        while (last < shorter - first
                && Values.areSame(
                        old.get(old.size() - 1 - last), target.get(target.size() - 1 - last))) {
            last++;
        }
        for (int index = first; index < shorter - last; index++) {
            value(block.items().get(index), target.get(index));
        }
        BitSet removed = new BitSet();
        removed.set(shorter - last, old.size() - last);
        List<Entry> added = new ArrayList<>();
        for (int index = old.size() - last; index < target.size() - last; index++) {
            added.add(new Entry("", target.get(index)));
        }
        reshape(block, removed, added.isEmpty() ? -1 : old.size() - last - 1, added);
    }

    /** What comes into a block; the name is empty in a list. */
    private record Entry(String name, JsonNode value) {}

    /**
     * Takes away and adds.
     *
     * @param after behind which of those that stay the new ones come; -1 if before all
     */
    private void reshape(Block block, BitSet removed, int after, List<Entry> added) {
        List<Item> items = block.items();
        if (items.isEmpty()) {
            fill(block, added);
            return;
        }
        int lastKept = removed.previousClearBit(items.size() - 1);
        boolean trailingComma = items.getLast().hasComma();
        if (added.isEmpty()) {
            removed.stream().forEach(index -> remove(items.get(index)));
            if (lastKept >= 0 && lastKept < items.size() - 1 && !trailingComma) {
                int comma = items.get(lastKept).comma();
                splices.delete(comma, comma + 1);
            }
        } else if (lastKept < 0) {
            // All go, others come: they take the place of the first.
            Item first = items.getFirst();
            splices.replace(first.start(), first.end(), joined(block, first, added));
            if (first.hasComma() && !trailingComma) {
                splices.delete(first.comma(), first.comma() + 1);
            }
            removed.stream().skip(1).forEach(index -> remove(items.get(index)));
        } else if (after < 0) {
            Item first = items.getFirst();
            splices.insert(first.start(), joined(block, first, added) + "," + gap(first));
        } else {
            removed.stream().forEach(index -> remove(items.get(index)));
            append(block, items.get(after), added, after < lastKept || trailingComma);
        }
    }

    private void append(Block block, Item item, List<Entry> added, boolean withComma) {
        if (!item.hasComma()) {
            splices.insert(item.end(), ",");
        }
        boolean inLines = layout.beginsItsLine(item.start());
        int behind = item.hasComma() ? item.comma() + 1 : item.end();
        splices.insert(
                layout.afterRemarks(behind, inLines),
                gap(item) + joined(block, item, added) + (withComma ? "," : ""));
    }

    /** What stands between two in a block. */
    private String gap(Item beside) {
        return layout.beginsItsLine(beside.start())
                ? style.newline() + layout.indentation(beside.start())
                : " ";
    }

    private String joined(Block block, Item beside, List<Entry> added) {
        boolean inLines = layout.beginsItsLine(beside.start());
        return String.join(
                "," + gap(beside),
                written(block, added, inLines, layout.indentation(beside.start())));
    }

    /** Each of them, with its name if the block has names. */
    private List<String> written(Block block, List<Entry> added, boolean inLines, String indent) {
        ValueWriter writer =
                new ValueWriter(block.named() ? style.withNamesOf(text, block.items()) : style);
        return added.stream()
                .map(
                        entry ->
                                (block.named() ? writer.named(entry.name()) : "")
                                        + (inLines
                                                ? writer.lines(entry.value(), indent)
                                                : writer.inLine(entry.value())))
                .toList();
    }

    /** Puts the first ones into a block; comments may stand there. */
    private void fill(Block block, List<Entry> added) {
        if (added.isEmpty()) {
            return;
        }
        int closing = block.end() - 1;
        int blank = layout.blankBefore(closing);
        if (layout.isBlank(block.start() + 1, closing)) {
            splices.replace(block.start() + 1, closing, content(block, added));
        } else if (layout.isLineStart(blank)) {
            String indent = layout.indentation(closing) + style.unit();
            List<String> written = written(block, added, true, indent);
            splices.insert(
                    blank,
                    indent
                            + String.join("," + style.newline() + indent, written)
                            + (style.trailingComma() ? "," : "")
                            + style.newline());
        } else {
            splices.insert(blank, " " + String.join(", ", written(block, added, false, "")));
        }
    }

    /** All of a block that was empty. */
    private String content(Block block, List<Entry> added) {
        String indent = layout.indentation(block.start());
        if (!isInLines(block)) {
            String content = String.join(", ", written(block, added, false, indent));
            return block.named() ? " " + content + " " : content;
        }
        String inner = indent + style.unit();
        String separator = "," + style.newline() + inner;
        return style.newline()
                + inner
                + String.join(separator, written(block, added, true, inner))
                + (style.trailingComma() ? "," : "")
                + style.newline()
                + indent;
    }

    /**
     * Whether a block that is empty is to be filled line by line: unless its own line holds more.
     */
    private boolean isInLines(Block block) {
        String before = text.substring(0, block.start());
        int lineStart = 1 + Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
        return before.substring(lineStart).chars().noneMatch(c -> c == '{' || c == '[' || c == ',');
    }

    private void remove(Item item) {
        boolean isCommaApart = item.hasComma() && !layout.isBlank(item.end(), item.comma());
        cut(item.start(), item.hasComma() && !isCommaApart ? item.comma() + 1 : item.end());
        if (isCommaApart) {
            splices.delete(item.comma(), item.comma() + 1);
        }
    }

    /** Takes a piece away, and the blanks and the line that would be left over. */
    private void cut(int start, int end) {
        int left = layout.blankBefore(start);
        int right = layout.blankAfter(end);
        if (layout.isLineEnd(right)) {
            splices.delete(left, layout.isLineStart(left) ? layout.nextLine(right) : right);
        } else if (right == end && !layout.isLineStart(left)) {
            splices.delete(left, end);
        } else {
            splices.delete(start, right);
        }
    }
}
