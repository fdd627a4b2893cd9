package dev.evergate.app.structure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** No defense that {@code docs/security.md} claims is without an attack. */
class DefenseTest {
    private static final Path ROOT = BreachTest.root();
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (S\\d+) \\|");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"(S\\d+)\"\\)");

    /** Those without a line to take out, and why. */
    private static final Map<String, String> WITHOUT_BREACH =
            Map.of(
                    "S13", "there is no channel to write from",
                    "S16", "rules about the whole code, each tried on classes that break it",
                    "S20", "rules about the whole code, each tried on classes that break it");

    private static Set<String> numbers(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Set<String> claimed() throws IOException {
        return numbers(ROW, Files.readString(ROOT.resolve("docs/security.md")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void eachIsAttackedByATest() throws IOException {
        Set<String> attacked = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.filter(file -> file.toString().matches(".*/src/test/java/.*\\.java"))
                    .forEach(file -> attacked.addAll(numbers(TAG, read(file))));
        }
        Set<String> claimed = claimed();
        claimed.remove("S13");

        assertThat(attacked).containsAll(claimed);
        assertThat(claimed).containsAll(attacked);
    }

    @Test
    void eachHasABreachThatIsNoticed() throws IOException {
        Set<String> breached = new TreeSet<>();
        Breach.in(ROOT).forEach(breach -> breached.add(breach.defense()));
        Set<String> claimed = claimed();
        claimed.removeAll(WITHOUT_BREACH.keySet());

        assertThat(breached).isEqualTo(claimed);
    }
}
