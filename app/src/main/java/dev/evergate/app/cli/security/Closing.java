package dev.evergate.app.cli.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes from others the rights to what findings name; nothing else is ever changed. Links are not
 * followed, and no right is given.
 */
public final class Closing {
    private static final int OWNER = 0700;

    private Closing() {}

    /**
     * What was done to one file.
     *
     * @param mode it should have then
     * @param failure why it does not; empty if it does
     */
    public record Deed(Path path, int mode, String failure) {
        public boolean isDone() {
            return failure.isEmpty();
        }
    }

    /** Closes each, and goes on where one cannot be. */
    public static List<Deed> of(List<Finding> findings) {
        return findings.stream()
                .flatMap(finding -> finding.tooOpen().stream())
                .distinct()
                .flatMap(path -> Place.at(path).stream())
                .filter(place -> !place.isLink())
                .map(Closing::close)
                .toList();
    }

    private static Deed close(Place place) {
        int mode = place.mode() & OWNER;
        try {
            Files.setAttribute(place.path(), "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
            return new Deed(place.path(), mode, "");
        } catch (IOException | UnsupportedOperationException e) {
            return new Deed(place.path(), mode, e.getClass().getSimpleName());
        }
    }
}
