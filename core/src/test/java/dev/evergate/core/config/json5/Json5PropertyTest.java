package dev.evergate.core.config.json5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.json5.Syntax.Block;
import dev.evergate.core.config.json5.Syntax.Item;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Random texts under random edits: each means what it is to mean, and keeps what nobody meant. */
class Json5PropertyTest {
    private static final int ROUNDS = 3_000;
    private static final Pattern TEXT_OR_COMMENT =
            Pattern.compile(
                    "\"(?:[^\"\\\\]|\\\\(?s:.))*\"|'(?:[^'\\\\]|\\\\(?s:.))*'|//[^\r\n]*|/\\*(?s:.*?)\\*/");

    @Test
    void anEditedTextMeansTheEditedTree() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Json5Text text = Json5Text.parse(new WildText(random, seed % 3 == 0).write());
            ConfigPath path = path(random, text.tree());
            JsonNode value = WildText.node(random, 0);
            ObjectNode patch = WildText.object(random, 0);
            ObjectNode target = WildText.object(random, 0);

            assertMeans(seed, text, text.set(path, value), with(text.tree(), path.steps(), value));
            assertMeans(
                    seed,
                    text,
                    text.unset(path),
                    with(text.tree(), path.steps(), MissingNode.getInstance()));
            assertMeans(seed, text, text.merge(patch, Set.of()), mergePatch(text.tree(), patch));
            assertMeans(seed, text, text.meaning(target), target);
        }
    }

    @Test
    void keepsEveryCommentThatIsNotInsideOfWhatGoes() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Json5Text text = Json5Text.parse(new WildText(random, seed % 3 == 0).write());
            ConfigPath path = path(random, text.tree());

            for (Json5Text edited :
                    List.of(
                            text.set(path, WildText.node(random, 0)),
                            text.unset(path),
                            text.merge(WildText.object(random, 0), Set.of()),
                            text.meaning(WildText.object(random, 0)))) {
                List<String> meantToStay = comments(text.text(), gone(text.text(), edited.tree()));
                List<String> stayed = comments(edited.text(), List.of());
                stayed.retainAll(meantToStay);
                assertThat(stayed)
                        .as("seed %d\n%s\n=>\n%s", seed, text.text(), edited.text())
                        .isEqualTo(meantToStay);
            }
        }
    }

    @Test
    void changesNothingButThePlaceOfTheValue() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            String text = new WildText(random, seed % 3 == 0).write();
            Block root = new Json5Parser(text).document();
            ConfigPath path = path(random, root.tree());
            Json5Text parsed = Json5Text.parse(text);

            int[] setting = placeOf(root, path, false);
            JsonNode scalar = JsonNodeFactory.instance.stringNode("new");
            assertChangedWithin(seed, text, parsed.set(path, scalar).text(), setting);
            int[] unsetting = placeOf(root, path, true);
            assertChangedWithin(seed, text, parsed.unset(path).text(), unsetting);
        }
    }

    @Test
    void takesBackWhatItAdded() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Json5Text text = Json5Text.parse(new WildText(random, true).write());
            if (text.tree().isEmpty()) {
                continue;
            }
            Json5Text added = text.set(ConfigPath.parse("new"), WildText.node(random, 0));

            assertThat(added.unset(ConfigPath.parse("new")).text())
                    .as("seed %d", seed)
                    .isEqualTo(text.text());
        }
    }

    private static void assertMeans(int seed, Json5Text before, Json5Text after, JsonNode tree) {
        assertThat(Values.areSame(Json5Text.parse(after.text()).tree(), tree))
                .as("seed %d\n%s\n=>\n%s\nmeans %s", seed, before.text(), after.text(), tree)
                .isTrue();
    }

    private static void assertChangedWithin(int seed, String before, String after, int[] place) {
        assertThat(after)
                .as("seed %d\n%s\n=>\n%s", seed, before, after)
                .hasSizeGreaterThanOrEqualTo(place[0] + before.length() - place[1])
                .startsWith(before.substring(0, place[0]))
                .endsWith(before.substring(place[1]));
    }

    /** From which character up to which one an edit may change something. */
    private static int[] placeOf(Block root, ConfigPath path, boolean isRemoval) {
        Block block = root;
        for (int index = 0; ; index++) {
            boolean isLast = index == path.steps().size() - 1;
            List<Integer> places = new ArrayList<>();
            for (int place = 0; place < block.items().size(); place++) {
                boolean isIt =
                        switch (path.steps().get(index)) {
                            case ConfigPath.Step.Name(var name) ->
                                    block.items().get(place).name().equals(name);
                            case ConfigPath.Step.Index(var at) -> at == place;
                        };
                if (isIt) {
                    places.add(place);
                }
            }
            if (places.isEmpty()) {
                int behind =
                        block.items().isEmpty() ? block.start() + 1 : block.items().getLast().end();
                return new int[] {behind, isRemoval ? behind : block.end()};
            }
            Item item = block.items().get(places.getLast());
            if (isLast && isRemoval) {
                int from =
                        places.getFirst() == 0
                                ? block.start() + 1
                                : block.items().get(places.getFirst() - 1).end();
                int to =
                        places.getLast() == block.items().size() - 1
                                ? block.end()
                                : block.items().get(places.getLast() + 1).start();
                return new int[] {from, to};
            }
            if (isLast || !(item.value() instanceof Block)) {
                return new int[] {item.value().start(), item.value().end()};
            }
            block = (Block) item.value();
        }
    }

    /** The comments in order, without those inside of one of these. */
    private static List<String> comments(String text, List<Syntax> without) {
        List<String> comments = new ArrayList<>();
        Matcher matcher = TEXT_OR_COMMENT.matcher(text);
        while (matcher.find()) {
            int at = matcher.start();
            boolean isGone = without.stream().anyMatch(it -> it.start() <= at && at < it.end());
            if (matcher.group().startsWith("/") && !isGone) {
                comments.add(matcher.group());
            }
        }
        return comments;
    }

    /** What goes when a text comes to mean something else. */
    private static List<Syntax> gone(String text, JsonNode target) {
        List<Syntax> gone = new ArrayList<>();
        collectGone(new Json5Parser(text).document(), target, gone);
        return gone;
    }

    private static void collectGone(Syntax syntax, JsonNode target, List<Syntax> gone) {
        if (Values.areSame(syntax.tree(), target)) {
            return;
        }
        if (syntax instanceof Block block && block.named() && target.isObject()) {
            for (Item item : block.items()) {
                if (!target.has(item.name())) {
                    gone.add(new Syntax.Scalar(item.start(), item.end(), item.value().tree()));
                } else if (block.last(item.name()).orElseThrow().start() == item.start()) {
                    collectGone(item.value(), target.get(item.name()), gone);
                }
            }
        } else {
            gone.add(syntax);
        }
    }

    private static ConfigPath path(Random random, JsonNode tree) {
        ConfigPath path = ConfigPath.ROOT;
        JsonNode at = tree;
        do {
            if (at.isArray()) {
                int index = random.nextInt(at.size() + 1);
                path = path.child(index);
                at = at.path(index);
            } else {
                List<String> names = new ArrayList<>(at.propertyNames());
                boolean isNew = names.isEmpty() || random.nextInt(4) == 0;
                String name = isNew ? "new" : names.get(random.nextInt(names.size()));
                path = path.child(name);
                at = at.path(name);
            }
        } while (at.isContainer() && random.nextInt(4) != 0);
        return path;
    }

    /**
     * The tree with this value at this path, written anew; without a value, without what is there.
     */
    private static JsonNode with(JsonNode tree, List<ConfigPath.Step> steps, JsonNode value) {
        if (steps.isEmpty()) {
            return value;
        }
        List<ConfigPath.Step> rest = steps.subList(1, steps.size());
        return switch (steps.getFirst()) {
            case ConfigPath.Step.Name(var name) -> {
                ObjectNode copy =
                        tree.isObject() ? (ObjectNode) tree : JsonNodeFactory.instance.objectNode();
                JsonNode inner = with(copy.path(name), rest, value);
                yield inner.isMissingNode() ? copy.without(name) : copy.set(name, inner);
            }
            case ConfigPath.Step.Index(var index) -> {
                ArrayNode copy =
                        tree.isArray() ? (ArrayNode) tree : JsonNodeFactory.instance.arrayNode();
                JsonNode inner = with(copy.path(index), rest, value);
                if (inner.isMissingNode()) {
                    copy.remove(index);
                } else if (index < copy.size()) {
                    copy.set(index, inner);
                } else {
                    copy.add(inner);
                }
                yield copy;
            }
        };
    }

    /** RFC 7396, section 2, word for word. */
    private static JsonNode mergePatch(JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode merged =
                target.isObject() ? (ObjectNode) target : JsonNodeFactory.instance.objectNode();
        patch.forEachEntry(
                (name, value) -> {
                    if (value.isNull()) {
                        merged.remove(name);
                    } else {
                        merged.set(name, mergePatch(merged.path(name), value));
                    }
                });
        return merged;
    }
}
