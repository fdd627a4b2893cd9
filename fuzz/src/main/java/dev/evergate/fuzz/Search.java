package dev.evergate.fuzz;

/**
 * What Jazzer calls for each input it tries; which target that is, the property {@code
 * evergate.fuzz.target} says.
 */
public final class Search {
    private static final Target TARGET =
            Targets.named(System.getProperty("evergate.fuzz.target", ""));
    private static final Bounded BOUNDED = new Bounded(TARGET, 16);

    private Search() {}

    /** Loads what it takes, before the time of an input is measured. */
    public static void fuzzerInitialize() throws Exception {
        for (byte[] seed : TARGET.seeds()) {
            TARGET.take(seed);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        BOUNDED.take(input);
    }
}
