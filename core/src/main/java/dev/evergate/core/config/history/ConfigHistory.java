package dev.evergate.core.config.history;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The configurations that were, each with the text of all its files: a numbered folder of its own,
 * whole or not there at all, readable by its owner alone. Damaged ones are passed over and told of.
 *
 * <p>Not thread-safe within a process; two processes may use one folder.
 */
public final class ConfigHistory {
    /** So many are kept, and the last proven ones besides. */
    private static final int KEPT = 50;

    private static final int PROVEN_KEPT = 3;

    /** Another process may take a number at the same moment. */
    private static final int TRIES = 20;

    private static final Duration LEFT_AFTER = Duration.ofHours(1);

    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,14}");
    private static final String UNFINISHED = ".unfinished-";

    private final Path folder;

    /** The folder need not exist yet. */
    public ConfigHistory(Path folder) {
        this.folder = folder;
    }

    /** A configuration with the text of all its files; the one people edit comes first. */
    public record Kept(Entry entry, Map<Path, String> texts) {}

    /**
     * What is there.
     *
     * @param kept the newest first
     * @param damaged for people: each that cannot be used, and why
     */
    public record Contents(List<Entry> kept, List<String> damaged) {
        public Contents {
            kept = List.copyOf(kept);
            damaged = List.copyOf(damaged);
        }
    }

    /** Whether nothing was ever kept; not if all of it is damaged, or cannot be read. */
    public boolean isEmpty() {
        try {
            return numbers().isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    /** Everything that is kept. Reads all of it, so that what is damaged is seen. */
    public Contents contents() {
        List<Entry> kept = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        try {
            for (long number : numbers()) {
                read(number, damaged).map(Kept::entry).ifPresent(kept::add);
            }
        } catch (IOException e) {
            damaged.add("the history of configurations cannot be read: " + e);
        }
        return new Contents(kept, damaged);
    }

    /** One of them; empty if it is not there, or damaged. */
    public Optional<Kept> find(long number) {
        return read(number, new ArrayList<>());
    }

    private Optional<Kept> read(long number, List<String> damaged) {
        try {
            return Optional.of(EntryFolder.read(place(number), number));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            damaged.add("configuration %d is damaged: %s".formatted(number, e.getMessage()));
            return Optional.empty();
        }
    }

    /** The newest one that is not damaged. */
    public Optional<Kept> last() {
        return undamaged().findFirst();
    }

    /**
     * The proven ones that are not damaged, the newest first: what a start can fall back to. Each
     * is read when it is asked for.
     */
    public Stream<Kept> good() {
        return undamaged().filter(kept -> kept.entry().state() == Entry.State.PROVEN);
    }

    private Stream<Kept> undamaged() {
        try {
            return numbers().stream().flatMap(number -> find(number).stream());
        } catch (IOException _) {
            return Stream.empty(); // told by contents()
        }
    }

    /** The number the next entry gets, unless another process is faster. */
    public long next() throws IOException {
        List<Long> numbers = numbers();
        return numbers.isEmpty() ? 1 : numbers.getFirst() + 1;
    }

    /**
     * Keeps a configuration. When this returns, it is on the disk, whole.
     *
     * @param texts every file of it, the one people edit first
     * @return the entry with its number
     */
    public Entry add(
            Instant when,
            Entry.Origin by,
            String who,
            String hash,
            String plan,
            Entry.State state,
            Map<Path, String> texts)
            throws IOException {
        Path unfinished = EntryFolder.begin(folder, UNFINISHED);
        try {
            var files = EntryFolder.writeTexts(unfinished, texts);
            for (int i = 0; i < TRIES; i++) {
                Entry entry = new Entry(next(), when, by, who, hash, plan, state);
                EntryFolder.writeEntry(unfinished, entry, files);
                if (isMoved(unfinished, place(entry.number()))) {
                    EntryFolder.sync(folder);
                    forget();
                    tidy(when);
                    return entry;
                }
            }
        } finally {
            EntryFolder.delete(unfinished);
        }
        throw new IOException("others take every number in " + folder);
    }

    private static boolean isMoved(Path unfinished, Path place) throws IOException {
        try {
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (FileSystemException e) {
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            throw e;
        }
    }

    /** Says what became of one; without effect if it is not there any more, or damaged. */
    public void mark(long number, Entry.State state) throws IOException {
        Optional<Kept> found = find(number);
        if (found.isPresent() && found.get().entry().state() != state) {
            EntryFolder.mark(place(number), state);
        }
    }

    /** Takes away the oldest, but never what a start would fall back to. */
    private void forget() throws IOException {
        List<Long> numbers = numbers();
        if (numbers.size() > KEPT) {
            Set<Long> precious = new HashSet<>(numbers.subList(0, KEPT));
            good().limit(PROVEN_KEPT).map(kept -> kept.entry().number()).forEach(precious::add);
            for (long number : numbers) {
                if (!precious.contains(number)) {
                    EntryFolder.delete(place(number));
                }
            }
        }
    }

    /**
     * Takes away what a process left that died in the middle; what is young may be in the making.
     */
    private void tidy(Instant now) throws IOException {
        List<Path> left;
        try (Stream<Path> all = Files.list(folder)) {
            left =
                    all.filter(path -> path.getFileName().toString().startsWith(UNFINISHED))
                            .toList();
        }
        for (Path path : left) {
            if (Files.getLastModifiedTime(path).toInstant().isBefore(now.minus(LEFT_AFTER))) {
                EntryFolder.delete(path);
            }
        }
    }

    /** The numbers that are taken, the largest first. */
    private List<Long> numbers() throws IOException {
        List<Long> numbers = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.map(path -> path.getFileName().toString())
                    .filter(name -> NUMBER.matcher(name).matches())
                    .forEach(name -> numbers.add(Long.parseLong(name)));
        } catch (NoSuchFileException _) {
            return List.of();
        }
        numbers.sort(Collections.reverseOrder());
        return numbers;
    }

    private Path place(long number) {
        return folder.resolve(Long.toString(number));
    }
}
