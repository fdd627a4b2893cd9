package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an installation or its end changes, decided before anything is touched. Immutable.
 *
 * @param before commands before the files change
 * @param after commands after it
 */
public record InstallPlan(List<Step> before, List<Change> changes, List<Step> after) {
    private static final int BACKUPS_MAX = 1_000;

    public InstallPlan {
        before = List.copyOf(before);
        changes = List.copyOf(changes);
        after = List.copyOf(after);
    }

    /** What happens to a file. */
    public enum What {
        CREATED,
        UPDATED,
        UNCHANGED,
        REMOVED
    }

    /**
     * One file.
     *
     * @param file what it will be; empty when it goes
     * @param backup where a file that is not as we wrote it is kept
     */
    public record Change(Path path, What what, Optional<ServiceFile> file, Optional<Path> backup) {}

    /**
     * How a service comes to be what it shall be, from whatever is there.
     *
     * @param isStarted whether the service runs now: it is not interrupted, unless its port changes
     *     hands
     * @param start whether it shall run afterwards
     * @param force whether files that were changed by hand are replaced
     */
    public static InstallPlan install(
            ServiceManager manager,
            ServiceSpec spec,
            Function<Path, Optional<String>> texts,
            boolean isStarted,
            boolean start,
            boolean force) {
        Map<Path, ServiceFile> wanted =
                manager.files(spec).stream()
                        .collect(Collectors.toMap(ServiceFile::path, file -> file));
        List<Change> changes = new ArrayList<>();
        for (Path place : manager.places()) {
            Optional<String> there = texts.apply(place);
            Optional<ServiceFile> file = Optional.ofNullable(wanted.get(place));
            if (there.isEmpty() && file.isEmpty()) {
                continue;
            }
            boolean isSame = file.isPresent() && file.map(ServiceFile::text).equals(there);
            What what =
                    isSame
                            ? What.UNCHANGED
                            : file.isEmpty()
                                    ? What.REMOVED
                                    : there.isEmpty() ? What.CREATED : What.UPDATED;
            Optional<Path> backup = backup(manager, place, there, texts, force, "replace");
            changes.add(new Change(place, what, file, isSame ? Optional.empty() : backup));
        }
        boolean losesSocket = changes.stream().anyMatch(change -> change.what() == What.REMOVED);
        List<Step> before =
                losesSocket && manager instanceof Systemd systemd
                        ? List.of(systemd.withoutSocket())
                        : List.of();
        // With its socket the service goes, too: it comes back without.
        boolean startsNow = losesSocket ? start || isStarted : start && !isStarted;
        return new InstallPlan(before, changes, manager.takeUp(startsNow));
    }

    /** How everything of ours goes; the state directory and drop-ins stay. */
    public static InstallPlan uninstall(
            ServiceManager manager, Function<Path, Optional<String>> texts, boolean force) {
        List<Change> changes = new ArrayList<>();
        for (Path place : manager.places()) {
            Optional<String> there = texts.apply(place);
            if (there.isPresent()) {
                Optional<Path> backup = backup(manager, place, there, texts, force, "remove");
                changes.add(new Change(place, What.REMOVED, Optional.empty(), backup));
            }
        }
        return new InstallPlan(manager.giveUp(), changes, manager.forget());
    }

    /** Whether a service that runs goes on as an older definition says. */
    public boolean isForLater() {
        return before.isEmpty()
                && changes.stream().anyMatch(change -> change.what() != What.UNCHANGED);
    }

    private static Optional<Path> backup(
            ServiceManager manager,
            Path place,
            Optional<String> there,
            Function<Path, Optional<String>> texts,
            boolean force,
            String verb) {
        boolean isOurs =
                there.isEmpty() || there.flatMap(Stamp::of).filter(s -> !s.isTouched()).isPresent();
        if (isOurs) {
            return Optional.empty();
        }
        if (!force) {
            throw Refusals.edited(place, manager, verb);
        }
        for (int number = 1; number < BACKUPS_MAX; number++) {
            Path kept = place.resolveSibling(place.getFileName() + ".backup-" + number);
            if (texts.apply(kept).isEmpty()) {
                return Optional.of(kept);
            }
        }
        throw Refusals.edited(place, manager, verb);
    }
}
