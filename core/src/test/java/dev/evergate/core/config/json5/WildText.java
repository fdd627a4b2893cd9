package dev.evergate.core.config.json5;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Random;

/** Texts and values as they may come, from a seed; every comment has a number of its own. */
final class WildText {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String[] NAMES = {"a", "b", "c", "d e", "f.g", "größe", "$h", "it's", ""};
    private static final String[] TEXTS = {
        "''",
        "\"x\"",
        "'//no'",
        "\"/* no */\"",
        "'it\\'s'",
        "\"{\\\"a\\\": [1]}\"",
        "'\\u20ac'",
        "'a\\\nb'"
    };
    private static final String[] OTHERS = {
        "1",
        "-2",
        "+3",
        "0x1F",
        ".5",
        "4.",
        "1e3",
        "true",
        "false",
        "null",
        "Infinity",
        "-NaN",
        "12345678901234567890"
    };

    private final Random random;
    private final boolean tidy;
    private final StringBuilder text = new StringBuilder();
    private int comments;

    /**
     * @param tidy with one value a line, and remarks behind it
     */
    WildText(Random random, boolean tidy) {
        this.random = random;
        this.tidy = tidy;
    }

    String write() {
        blank("");
        block(0, true);
        blank("");
        return text.toString();
    }

    private void block(int depth, boolean named) {
        text.append(named ? '{' : '[');
        int items = random.nextInt(depth > 3 ? 2 : 5);
        String indent = "  ".repeat(depth + 1);
        for (int index = 0; index < items; index++) {
            blank(indent);
            if (named) {
                name(NAMES[random.nextInt(NAMES.length)]);
                if (!tidy) {
                    blank("");
                }
                text.append(':');
                text.append(tidy ? " " : "");
                if (!tidy) {
                    blank("");
                }
            }
            value(depth);
            if (!tidy) {
                blank("");
            }
            if (index < items - 1 || random.nextBoolean()) {
                text.append(',');
            }
            if (tidy && random.nextInt(4) == 0) {
                text.append(" // c").append(comments++);
            }
        }
        blank("  ".repeat(depth));
        text.append(named ? '}' : ']');
    }

    private void name(String name) {
        boolean isPlain = ValueWriter.isPlain(name);
        switch (random.nextInt(3)) {
            case 0 -> text.append('"').append(name).append('"');
            case 1 -> text.append('\'').append(name.replace("'", "\\'")).append('\'');
            default -> text.append(isPlain ? name : "'" + name.replace("'", "\\'") + "'");
        }
    }

    private void value(int depth) {
        int kind = random.nextInt(depth > 4 ? 4 : 8);
        if (kind < 2) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        } else if (kind < 4) {
            text.append(OTHERS[random.nextInt(OTHERS.length)]);
        } else {
            block(depth + 1, kind < 7);
        }
    }

    private void blank(String indent) {
        if (tidy) {
            if (random.nextInt(8) == 0) {
                text.append('\n').append(indent).append("// c").append(comments++);
            }
            text.append('\n').append(indent);
            return;
        }
        for (int piece = random.nextInt(4); piece > 0; piece--) {
            switch (random.nextInt(6)) {
                case 0, 1 -> text.append(' ');
                case 2 -> text.append("\n\t");
                case 3 -> text.append("\r\n");
                case 4 -> text.append("/* c").append(comments++).append("'\n*/");
                default -> text.append("// c").append(comments++).append("\" }\n");
            }
        }
    }

    /** A value as JSON has it. */
    static JsonNode node(Random random, int depth) {
        return switch (random.nextInt(depth > 2 ? 6 : 8)) {
            case 0 -> NODES.stringNode("text " + random.nextInt(3) + "'\"\n");
            case 1 -> NODES.numberNode(random.nextInt(4));
            case 2 -> NODES.numberNode(random.nextLong());
            case 3 -> NODES.booleanNode(random.nextBoolean());
            case 4 -> NODES.numberNode(random.nextInt(8) / 4.0);
            case 5 -> NODES.nullNode();
            case 6 -> {
                ArrayNode list = NODES.arrayNode();
                for (int index = random.nextInt(4); index > 0; index--) {
                    list.add(node(random, depth + 1));
                }
                yield list;
            }
            default -> object(random, depth + 1);
        };
    }

    static ObjectNode object(Random random, int depth) {
        ObjectNode object = NODES.objectNode();
        for (int index = random.nextInt(4); index > 0; index--) {
            object.set(NAMES[random.nextInt(NAMES.length)], node(random, depth));
        }
        return object;
    }
}
