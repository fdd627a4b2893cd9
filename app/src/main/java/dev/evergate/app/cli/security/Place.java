package dev.evergate.app.cli.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A file or folder as {@code lstat(2)} sees it.
 *
 * @param mode type and permissions
 * @param owner number of the user it belongs to; 0 is the machine's own
 */
record Place(Path path, int mode, int owner) {
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int FILE = 0100000;
    private static final int LINK = 0120000;
    private static final int STICKY = 01000;

    static final int OTHERS_WRITE = 0002;
    static final int OTHERS_READ = 0004;
    static final int OTHERS_ENTER = 0001;
    static final int GROUP = 0070;
    static final int GROUP_WRITE = 0020;
    static final int OTHERS = 0007;

    /** Empty if there is nothing, or nobody can say on this system. */
    static Optional<Place> at(Path path) {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
            return found.get("mode") instanceof Integer mode
                            && found.get("uid") instanceof Integer owner
                    ? Optional.of(new Place(path, mode, owner))
                    : Optional.empty();
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }

    /** What a link leads to in the end; the same if it is none. */
    Optional<Place> target() {
        try {
            return isLink() ? at(path.toRealPath()) : Optional.of(this);
        } catch (IOException _) {
            return Optional.empty(); // it leads nowhere
        }
    }

    boolean isFolder() {
        return (mode & TYPE) == FOLDER;
    }

    boolean isFile() {
        return (mode & TYPE) == FILE;
    }

    boolean isLink() {
        return (mode & TYPE) == LINK;
    }

    /** Whether any of these rights is given. */
    boolean gives(int rights) {
        return (mode & rights) != 0;
    }

    /** Whether others than its owner can put something else in the place of what is in it. */
    boolean letsReplace(int rights) {
        return isFolder() && gives(rights) && (mode & STICKY) == 0;
    }

    /** Such as {@code evergate.json (mode 644)}. */
    @Override
    public String toString() {
        return "%s (mode %o)".formatted(path, mode & 0777);
    }
}
