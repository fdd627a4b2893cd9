package dev.evergate.app;

/** Which release this is. */
final class Version {
    private Version() {}

    /** The version the build gave this module; {@code development} outside of a packed build. */
    static String current() {
        var descriptor = Version.class.getModule().getDescriptor();
        return descriptor == null ? "development" : descriptor.rawVersion().orElse("development");
    }
}
