package dev.evergate.core.config.json5;

/**
 * A text that is not JSON5. The message is for people and names the place; of the text it shows a
 * single character at most, since the text may hold secrets.
 */
public final class Json5Exception extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Place place;

    Json5Exception(Place place, String message) {
        super(place + ": " + message);
        this.place = place;
    }

    /** Where it stopped being JSON5. */
    public Place place() {
        return place;
    }
}
