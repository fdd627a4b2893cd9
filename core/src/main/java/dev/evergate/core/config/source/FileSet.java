package dev.evergate.core.config.source;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The files of one reading: each is read once, and what was looked at is remembered. Not
 * thread-safe.
 */
final class FileSet {
    /** A configuration larger than this is not one. */
    static final int BYTES_MAX = 4 << 20;

    private final Map<Path, String> instead;
    private final Map<Path, FileText> read = new LinkedHashMap<>();
    private final Set<Path> watched = new LinkedHashSet<>();

    /**
     * @param instead texts to be taken for files, whatever these hold
     */
    FileSet(Map<Path, String> instead) {
        this.instead = instead;
    }

    FileText read(Path file) {
        String given = instead.get(file);
        if (given != null) {
            return new FileText.Text(FileStamp.NONE, given);
        }
        return read.computeIfAbsent(
                file,
                _ -> {
                    watched.addAll(LinkTrail.of(file));
                    return FileText.read(file, BYTES_MAX);
                });
    }

    boolean isOnDisk(Path file) {
        return !instead.containsKey(file);
    }

    /** Whether every file still is what it was when it was read. */
    boolean isUnchanged() {
        return read.entrySet().stream()
                .allMatch(file -> FileText.read(file.getKey(), BYTES_MAX).equals(file.getValue()));
    }

    /** Every file that was looked for, with the links on the way to it. */
    Set<Path> watched() {
        return Collections.unmodifiableSet(watched);
    }

    void watch(Path file) {
        watched.addAll(LinkTrail.of(file));
    }
}
