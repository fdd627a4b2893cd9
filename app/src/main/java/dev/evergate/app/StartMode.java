package dev.evergate.app;

/** How much a generation dares at its start, decided by the keeper after failed ones (I9). */
enum StartMode {
    /** The configuration as it stands, with everything in it. */
    NORMAL("normal"),
    /** The configuration that was proven last, in place of the one that stands. */
    LAST_GOOD("last-good"),
    /** Control plane and diagnostics only: no plugin is loaded, no message accepted. */
    SAFE("safe");

    private final String wireName;

    StartMode(String wireName) {
        this.wireName = wireName;
    }

    /** The mode a keeper names; one that this build does not know is the most careful. */
    static StartMode named(String wireName) {
        for (StartMode mode : values()) {
            if (mode.wireName.equals(wireName)) {
                return mode;
            }
        }
        return SAFE;
    }
}
