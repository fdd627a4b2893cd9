package dev.evergate.core.config.schema;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigPath.Step;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The key that somebody probably meant. */
final class Nearest {
    private Nearest() {}

    /** One with a similar name in the same place, or with this very name elsewhere. */
    static Optional<String> to(KeyTree keys, ConfigPath path) {
        List<Step> steps = path.steps();
        if (!(steps.getLast() instanceof Step.Name(var name))) {
            return Optional.empty();
        }
        Optional<String> beside =
                keys.at(path.parent()).stream()
                        .flatMap(tree -> tree.named().keySet().stream())
                        .filter(known -> distance(known, name) <= Math.max(1, name.length() / 3))
                        .min(Comparator.comparingInt(known -> distance(known, name)))
                        .map(known -> path.parent().child(known).toString());
        return beside.or(() -> elsewhere(keys, steps, name));
    }

    /** Only if there is one place for it: below, or within the same part of the configuration. */
    private static Optional<String> elsewhere(KeyTree keys, List<Step> steps, String name) {
        Stream<Key> part =
                steps.size() == 1
                        ? keys.keys()
                        : keys.at(steps.getFirst()).stream().flatMap(KeyTree::keys);
        List<String> found =
                part.filter(key -> key.name().equalsIgnoreCase(name)).map(Key::pattern).toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** How many letters have to be put in, left out, changed or swapped; case counts nothing. */
    private static int distance(String one, String other) {
        String from = one.toLowerCase(Locale.ROOT);
        String to = other.toLowerCase(Locale.ROOT);
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                steps[i][j] =
                        Math.min(
                                steps[i - 1][j - 1] + change,
                                1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[from.length()][to.length()];
    }
}
