package dev.evergate.core.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Configurations that have proven themselves, as numbered copies in a folder of their own; the link
 * {@code good} leads to the last one. Not thread-safe.
 */
public final class ConfigHistory {
    private static final String SUFFIX = ".json5";
    private static final int KEPT = 20;

    private final Path folder;

    /** The folder need not exist yet. */
    public ConfigHistory(Path folder) {
        this.folder = folder;
    }

    /** The configuration that was proven last; empty when none was. */
    public Optional<ConfigFile> good() {
        return Files.isRegularFile(link())
                ? Optional.of(new ConfigFile(folder.resolve(target())))
                : Optional.empty();
    }

    /**
     * Keeps a configuration that has proven itself, unless it is the last one already. Whole or not
     * at all, readable by its owner only.
     *
     * @return whether it is a new one
     */
    public boolean keep(String text) throws IOException {
        if (Files.isRegularFile(link()) && Files.readString(link()).equals(text)) {
            return false;
        }
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<Long> numbers = numbers();
        long number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
        write(folder.resolve(number + SUFFIX), text);
        Path next = folder.resolve("good.new");
        Files.deleteIfExists(next);
        Files.createSymbolicLink(next, Path.of(number + SUFFIX));
        Files.move(next, link(), StandardCopyOption.ATOMIC_MOVE);
        for (long old : numbers) {
            if (old <= number - KEPT) {
                Files.deleteIfExists(folder.resolve(old + SUFFIX));
            }
        }
        return true;
    }

    private void write(Path file, String text) throws IOException {
        Path next =
                Files.createTempFile(
                        folder,
                        "config",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** The numbers of the copies, smallest first. */
    private List<Long> numbers() throws IOException {
        List<Long> numbers = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches("\\d{1,15}\\.json5")) {
                    numbers.add(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
                }
            }
        }
        Collections.sort(numbers);
        return numbers;
    }

    private Path link() {
        return folder.resolve("good");
    }

    private Path target() {
        try {
            return Files.readSymbolicLink(link());
        } catch (IOException e) {
            return link().getFileName();
        }
    }
}
