package dev.evergate.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Each parser holds with all inputs of its corpus; {@code ./check fuzz} looks for more. */
@Tag("S19")
class CorpusTest {
    private static final Corpus CORPUS = new Corpus(Path.of("corpus"));

    static List<String> targets() {
        return Targets.names();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void holdsWithEveryInputThatWasEverWorthKeeping(String name) throws IOException {
        Target target = Targets.named(name);
        Bounded bounded = new Bounded(target, 1);
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        inputs.addAll(CORPUS.of(name));
        List<String> findings = new ArrayList<>();
        for (byte[] input : inputs) {
            try {
                bounded.take(input);
            } catch (Exception | AssertionError finding) {
                findings.add(HexFormat.of().formatHex(input) + ": " + finding);
            }
        }

        assertThat(inputs).isNotEmpty();
        assertThat(findings).isEmpty();
    }
}
