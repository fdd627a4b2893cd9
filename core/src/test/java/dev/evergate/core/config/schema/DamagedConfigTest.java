package dev.evergate.core.config.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Whatever a file says, something valid is in force. */
class DamagedConfigTest {
    private static final long SEED = 20_261_122;
    private static final int ROUNDS = 2_000;

    private static final List<Object> JUNK =
            List.of(true, -1, 1e300, "", "c4n4ry", List.of(), List.of(1, Map.of()), Map.of("x", 1));

    private final Random random = new Random(SEED);

    @Test
    @Tag("I34")
    void readsEveryDamagedTreeToAValidOne() {
        List<Key> keys = ConfigSchema.keys();
        ObjectNode good = effective(everything(keys), Optional.empty());
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode damaged = everything(keys);
            for (int damage = random.nextInt(5); damage >= 0; damage--) {
                damage(damaged);
            }

            ObjectNode after = effective(damaged, Optional.of(good));

            List<ConfigProblem> left = ConfigReader.strict(Written.sources(after));
            assertThat(left).as("seed %d, round %d: %s", SEED, round, damaged).isEmpty();
            good = random.nextInt(10) == 0 ? after : good;
        }
    }

    private static ObjectNode effective(ObjectNode tree, Optional<ObjectNode> good) {
        ConfigReading reading =
                ConfigReader.read(Written.sources(tree), ConfigOverrides.NONE, 1, good);
        assertThat(ConfigReader.strict(Written.sources(tree)).isEmpty())
                .isEqualTo(reading.problems().isEmpty());
        return reading.effective();
    }

    /** A configuration with some of the keys, about forty. */
    private ObjectNode everything(List<Key> keys) {
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        for (int i = 0; i < 40; i++) {
            Key key = keys.get(random.nextInt(keys.size()));
            Samples.merge(tree, Samples.with(key, Samples.first(key.type())));
        }
        return tree;
    }

    private void damage(ObjectNode tree) {
        List<JsonNode> containers = containers(tree).toList();
        JsonNode junk = JsonMapper.shared().valueToTree(JUNK.get(random.nextInt(JUNK.size())));
        switch (containers.get(random.nextInt(containers.size()))) {
            case ObjectNode object when !object.isEmpty() -> {
                List<String> names = new ArrayList<>(object.propertyNames());
                String name = names.get(random.nextInt(names.size()));
                switch (random.nextInt(4)) {
                    case 0 -> object.remove(name);
                    case 1 -> object.set(name + "x", object.get(name));
                    case 2 -> object.putNull(name);
                    default -> object.set(name, junk);
                }
            }
            case ArrayNode list -> list.add(junk);
            default -> tree.set("gateway", junk);
        }
    }

    private static Stream<JsonNode> containers(JsonNode node) {
        return node.isContainer()
                ? Stream.concat(
                        Stream.of(node), node.valueStream().flatMap(DamagedConfigTest::containers))
                : Stream.empty();
    }
}
