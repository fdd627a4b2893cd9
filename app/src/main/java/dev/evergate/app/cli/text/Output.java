package dev.evergate.app.cli.text;

/**
 * Where a command speaks. Answers go to standard output, everything else to standard error, so that
 * a pipe carries answers alone. Used by one thread.
 */
public interface Output {
    /** A line of the answer. */
    void line(String text);

    /** A piece of the answer, shown at once. */
    void piece(String text);

    /** A line beside the answer: an error, a hint, progress. */
    void note(String text);

    /** Whether a person reads the answer as it comes. */
    boolean isTerminal();

    /** {@code text} in a tone, where tones can be shown; else as it is. */
    default String toned(Tone tone, String text) {
        return hasColour() && !text.isEmpty()
                ? "\u001b[" + tone.code + "m" + text + "\u001b[0m"
                : text;
    }

    /** Whether tones can be shown. */
    boolean hasColour();

    /**
     * Text of others as a terminal may show it: without control characters, which could move the
     * cursor or rename the window.
     */
    static String harmless(String text) {
        return text.chars().noneMatch(Output::isControl)
                ? text
                : text.codePoints()
                        .filter(c -> !isControl(c))
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t';
    }

    /** What a piece of text means. */
    enum Tone {
        GOOD("32"),
        BAD("31"),
        WARNING("33"),
        STRONG("1"),
        FAINT("2");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }
}
