package dev.evergate.core.config.json5;

import dev.evergate.core.config.json5.Syntax.Block;
import dev.evergate.core.config.json5.Syntax.Item;

import java.util.ArrayList;
import java.util.List;

/** Reads one text; see <a href="https://spec.json5.org">the specification</a>. Not thread-safe. */
final class Json5Parser {
    /** Objects and lists inside each other. Whatever is deeper is not meant by a person. */
    static final int DEPTH_MAX = 64;

    private final Cursor cursor;
    private final ScalarReader scalars;
    private int depth;

    Json5Parser(String text) {
        this.cursor = new Cursor(text);
        this.scalars = new ScalarReader(cursor);
    }

    /** The object the text holds, and nothing beside it. */
    Block document() {
        cursor.skipBlank();
        if (cursor.peek() != '{') {
            throw cursor.unexpected("an object: { … }");
        }
        Block object = block();
        cursor.skipBlank();
        if (cursor.peek() != Cursor.END) {
            throw cursor.unexpected("nothing more after the closing }");
        }
        return object;
    }

    /** The one value the text holds, whatever it is. */
    Syntax only() {
        cursor.skipBlank();
        Syntax value = value();
        cursor.skipBlank();
        if (cursor.peek() != Cursor.END) {
            throw cursor.unexpected("nothing more after the value");
        }
        return value;
    }

    private Syntax value() {
        return switch (cursor.peek()) {
            case '{', '[' -> block();
            default -> scalars.value();
        };
    }

    private Block block() {
        int start = cursor.at();
        if (++depth > DEPTH_MAX) {
            throw cursor.failure(
                    start,
                    "%d objects and lists inside each other (expected: at most %d)"
                            .formatted(depth, DEPTH_MAX));
        }
        boolean named = cursor.next() == '{';
        char closing = named ? '}' : ']';
        List<Item> items = new ArrayList<>();
        cursor.skipBlank();
        while (!cursor.take(closing)) {
            Item item = item(named, closing);
            items.add(item);
            cursor.skipBlank();
            if (!item.hasComma() && cursor.peek() != closing) {
                throw cursor.peek() == Cursor.END
                        ? unclosed(start, closing)
                        : cursor.unexpected("a comma or \"%c\"".formatted(closing));
            }
        }
        depth--;
        return new Block(start, cursor.at(), named, items);
    }

    private Item item(boolean named, char closing) {
        int start = cursor.at();
        String name = "";
        if (named) {
            name = scalars.name(closing);
            cursor.skipBlank();
            if (!cursor.take(':')) {
                throw cursor.unexpected("a colon after the name");
            }
            cursor.skipBlank();
        }
        Syntax value = value();
        cursor.skipBlank();
        int comma = cursor.at();
        return new Item(start, name, value, cursor.take(',') ? comma : -1);
    }

    private Json5Exception unclosed(int start, char closing) {
        return cursor.failure(
                start,
                "%s begins here and never ends (expected: \"%c\")"
                        .formatted(closing == '}' ? "an object" : "a list", closing));
    }
}
