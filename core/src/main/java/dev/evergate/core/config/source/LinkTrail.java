package dev.evergate.core.config.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where a path leads: mounted volumes are updated by turning a link somewhere on the way. */
final class LinkTrail {
    /** As Linux: more links than this are a loop. */
    private static final int LINKS_MAX = 40;

    private LinkTrail() {}

    /** The path, every symbolic link on the way to its file, and that file if links lead there. */
    static Set<Path> of(Path path) {
        Path absolute = path.toAbsolutePath();
        Set<Path> trail = new LinkedHashSet<>();
        trail.add(absolute.normalize());
        Deque<Path> ahead = new ArrayDeque<>();
        absolute.forEach(ahead::add);
        Path at = absolute.getRoot();
        int links = 0;
        while (!ahead.isEmpty() && links <= LINKS_MAX) {
            Path next = at.resolve(ahead.pop()).normalize();
            if (Files.isSymbolicLink(next)) {
                links++;
                trail.add(next);
                at = turn(at, next, ahead);
            } else {
                at = next;
            }
        }
        trail.add(at);
        return trail;
    }

    /** Puts where a link points in front of what is ahead; says from where that is to be gone. */
    private static Path turn(Path from, Path link, Deque<Path> ahead) {
        try {
            Path target = Files.readSymbolicLink(link);
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                ahead.push(target.getName(i));
            }
            return target.isAbsolute() ? target.getRoot() : from;
        } catch (IOException _) {
            return link; // turned at this moment: the watch on the link itself will tell
        }
    }
}
