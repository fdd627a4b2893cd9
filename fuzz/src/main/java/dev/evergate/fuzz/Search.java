package dev.evergate.fuzz;

/**
 * What Jazzer calls for each input it tries; which target that is, the property {@code
 * evergate.fuzz.target} says.
 */
public final class Search {
    private static final Bounded TARGET =
            new Bounded(Targets.named(System.getProperty("evergate.fuzz.target", "")));

    private Search() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        TARGET.take(input);
    }
}
