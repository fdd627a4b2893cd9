package dev.evergate.app.cli.service;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A command for a service manager.
 *
 * @param mayFail whether its failure changes nothing, as when what it undoes was never done
 */
public record Step(List<String> words, boolean mayFail) {
    public Step {
        words = List.copyOf(words);
    }

    static Step of(List<String> words) {
        return new Step(words, false);
    }

    static Step tolerant(List<String> words) {
        return new Step(words, true);
    }

    /** As a person would type it. */
    public String text() {
        return words.stream().map(Step::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        boolean isPlain =
                !word.isEmpty()
                        && word.chars()
                                .allMatch(
                                        c ->
                                                Character.isLetterOrDigit(c)
                                                        || "-_./:=@\\".indexOf(c) >= 0);
        return isPlain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
