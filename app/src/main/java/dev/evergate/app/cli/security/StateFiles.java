package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.CRITICAL;
import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may read and change what lies in the state directory: transcripts, keys, logs, dumps.
 *
 * @param judged files that are looked at for themselves, elsewhere
 */
record StateFiles(Path root, Set<Path> judged) {
    private static final int DEPTH_MAX = 8;

    /** More is not walked through; a state directory has a few hundred. */
    private static final int PLACES_MAX = 50_000;

    private static final int NAMED_MAX = 5;

    List<Finding> findings() {
        Optional<Place> directory = Place.at(root).flatMap(Place::target);
        if (directory.isEmpty()) {
            return List.of(); // nothing is kept yet
        }
        List<Finding> findings = new ArrayList<>();
        if (Files.isSymbolicLink(root)) {
            findings.add(
                    new Finding(
                            "fs.state_dir.symlink",
                            WARN,
                            "The state directory is a symbolic link",
                            root
                                    + " leads to "
                                    + directory.get().path()
                                    + ": who may change the"
                                    + " link decides what the gateway reads.",
                            "Name the directory itself: --state-dir " + directory.get().path()));
        }
        findings.addAll(ofDirectory(directory.get()));
        findings.addAll(replaceable(directory.get().path()));
        findings.addAll(within(directory.get()));
        return findings;
    }

    private static List<Finding> ofDirectory(Place directory) {
        String remedy = "Run: chmod 700 " + directory.path();
        List<Path> mendable = List.of(directory.path());
        if (directory.gives(Place.OTHERS_WRITE)) {
            return List.of(
                    new Finding(
                            "fs.state_dir.perms_world_writable",
                            CRITICAL,
                            "Everybody may write to the state directory",
                            directory
                                    + ": any user of this computer can put a configuration or a"
                                    + " key of their own there.",
                            remedy,
                            mendable));
        }
        if (directory.gives(Place.GROUP_WRITE)) {
            return List.of(
                    new Finding(
                            "fs.state_dir.perms_group_writable",
                            WARN,
                            "A group may write to the state directory",
                            directory
                                    + ": whoever is in it can put a configuration or a key of"
                                    + " their own there.",
                            remedy,
                            mendable));
        }
        return directory.gives(Place.GROUP | Place.OTHERS)
                ? List.of(
                        new Finding(
                                "fs.state_dir.perms_readable",
                                WARN,
                                "Others may look into the state directory",
                                directory
                                        + ": what lies there is as private as each file's own"
                                        + " mode says.",
                                remedy,
                                mendable))
                : List.of();
    }

    /** Folders on the way to {@code path} in which others may put another thing in its place. */
    static List<Finding> replaceable(Path path) {
        List<Finding> findings = new ArrayList<>();
        for (Path folder = path.getParent(); folder != null; folder = folder.getParent()) {
            Place.at(folder)
                    .filter(place -> place.letsReplace(Place.OTHERS_WRITE | Place.GROUP_WRITE))
                    .ifPresent(
                            place ->
                                    findings.add(
                                            new Finding(
                                                    "fs.parent_writable",
                                                    place.gives(Place.OTHERS_WRITE)
                                                            ? CRITICAL
                                                            : WARN,
                                                    "Others may replace " + path.getFileName(),
                                                    place
                                                            + " may be written by others, who can so"
                                                            + " put another "
                                                            + path
                                                            + " in the place of this one.",
                                                    "Run: chmod go-w " + place.path())));
        }
        return findings;
    }

    List<Finding> within(Place directory) {
        List<Place> all = places(directory.path());
        boolean isClosed = !directory.gives(Place.GROUP | Place.OTHERS);
        List<Finding> findings = new ArrayList<>();
        List<Place> open =
                all.stream()
                        .filter(place -> place.isFile() || place.isFolder())
                        .filter(place -> place.gives(Place.GROUP | Place.OTHERS))
                        .filter(place -> !judged.contains(place.path()))
                        .toList();
        if (!open.isEmpty()) {
            findings.add(
                    new Finding(
                            "fs.state.perms_open",
                            isClosed ? INFO : severity(open),
                            "Files of the gateway are open to others",
                            named(open)
                                    + (isClosed
                                            ? ": only the directory's own mode keeps others out."
                                            : ": others can read what was said, or who may come in."),
                            "Run: chmod -R go-rwx " + directory.path(),
                            open.stream().map(Place::path).toList()));
        }
        List<Place> links = all.stream().filter(Place::isLink).toList();
        if (!links.isEmpty()) {
            findings.add(
                    new Finding(
                            "fs.state.symlink",
                            WARN,
                            "Symbolic links in the state directory",
                            named(links)
                                    + ": what the gateway keeps may lie elsewhere, with other"
                                    + " rights.",
                            "Put what they lead to in their place, or remove them."));
        }
        List<Place> strange =
                all.stream()
                        .filter(place -> place.owner() != directory.owner() && place.owner() != 0)
                        .toList();
        if (!strange.isEmpty()) {
            findings.add(
                    new Finding(
                            "fs.state.owner",
                            CRITICAL,
                            "Files of the gateway belong to somebody else",
                            named(strange) + ": their owner may change them at any time.",
                            "Run: chown -R %d %s".formatted(directory.owner(), directory.path())));
        }
        return findings;
    }

    private static Severity severity(List<Place> open) {
        return open.stream().anyMatch(place -> place.gives(Place.OTHERS)) ? CRITICAL : WARN;
    }

    private static List<Place> places(Path directory) {
        try (Stream<Path> found = Files.walk(directory, DEPTH_MAX)) {
            return found.skip(1)
                    .limit(PLACES_MAX)
                    .flatMap(path -> Place.at(path).stream())
                    .toList();
        } catch (IOException | UncheckedIOException _) {
            return List.of(); // who may not look into it gets to know about the folder alone
        }
    }

    private static String named(List<Place> places) {
        String first =
                places.stream()
                        .limit(NAMED_MAX)
                        .map(Place::toString)
                        .collect(Collectors.joining(", "));
        int more = places.size() - NAMED_MAX;
        return more > 0 ? first + " and " + more + " more" : first;
    }
}
