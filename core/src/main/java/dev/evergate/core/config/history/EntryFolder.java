package dev.evergate.core.config.history;

import dev.evergate.core.config.history.ConfigHistory.Kept;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How one entry lies on the disk: the texts as {@code 0.json5}, {@code 1.json5} and so on, and
 * {@code entry.json}, which has their checksums and its own.
 */
final class EntryFolder {
    private static final String ENTRY = "entry.json";
    private static final String SUM = "sha256";
    private static final long BYTES_MAX = 16L << 20;

    private static final FileAttribute<Set<PosixFilePermission>> OWN_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final FileAttribute<Set<PosixFilePermission>> OWN_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final JsonMapper JSON = JsonMapper.shared();

    private EntryFolder() {}

    /** A folder in which an entry can be made; nobody takes it for one before it gets its name. */
    static Path begin(Path history, String prefix) throws IOException {
        if (!Files.isDirectory(history)) {
            Files.createDirectories(history, OWN_FOLDER);
        }
        return Files.createTempDirectory(history, prefix, OWN_FOLDER);
    }

    /** Writes the texts; says what to tell of them in the entry. */
    static ArrayNode writeTexts(Path folder, Map<Path, String> texts) throws IOException {
        ArrayNode files = JsonNodeFactory.instance.arrayNode();
        for (var text : texts.entrySet()) {
            String name = files.size() + ".json5";
            write(folder.resolve(name), text.getValue());
            files.addObject()
                    .put("path", text.getKey().toString())
                    .put("name", name)
                    .put(SUM, sum(text.getValue()));
        }
        return files;
    }

    static void writeEntry(Path folder, Entry entry, ArrayNode files) throws IOException {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("number", entry.number())
                .put("when", entry.when().toString())
                .put("by", word(entry.by()))
                .put("who", entry.who())
                .put("hash", entry.hash())
                .put("plan", entry.plan())
                .put("state", word(entry.state()));
        tree.set("files", files);
        replace(folder, tree);
    }

    static void mark(Path folder, Entry.State state) throws IOException {
        ObjectNode tree = tree(folder);
        tree.remove(SUM);
        replace(folder, tree.put("state", word(state)));
    }

    private static void replace(Path folder, ObjectNode tree) throws IOException {
        Path next = folder.resolve(ENTRY + ".new");
        Files.deleteIfExists(next);
        String sum = sum(tree.toString());
        write(next, tree.put(SUM, sum).toPrettyString() + "\n");
        Files.move(next, folder.resolve(ENTRY), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    /**
     * Reads one and checks it.
     *
     * @throws NoSuchFileException if there is no such folder
     * @throws IOException saying what is damaged
     */
    static Kept read(Path folder, long number) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(folder.toString());
        }
        ObjectNode tree = tree(folder);
        Entry entry = entry(tree);
        if (entry.number() != number) {
            throw new IOException("it says that it is %d".formatted(entry.number()));
        }
        Map<Path, String> texts = new LinkedHashMap<>();
        for (JsonNode file : tree.path("files")) {
            String name = Path.of(file.path("name").asString("")).getFileName().toString();
            String text = text(folder.resolve(name));
            if (!sum(text).equals(file.path(SUM).asString(""))) {
                throw new IOException(name + " has another checksum");
            }
            texts.put(Path.of(file.path("path").asString("")), text);
        }
        if (texts.isEmpty()) {
            throw new IOException("it has no texts");
        }
        return new Kept(entry, Collections.unmodifiableMap(texts));
    }

    private static ObjectNode tree(Path folder) throws IOException {
        try {
            if (!(JSON.readTree(text(folder.resolve(ENTRY))) instanceof ObjectNode tree)) {
                throw new IOException(ENTRY + " holds no object");
            }
            JsonNode sum = tree.path(SUM);
            if (!sum(tree.without(SUM).toString()).equals(sum.asString(""))) {
                throw new IOException(ENTRY + " has another checksum");
            }
            return tree;
        } catch (JacksonException e) {
            throw new IOException(ENTRY + " is no JSON", e);
        }
    }

    private static Entry entry(ObjectNode tree) throws IOException {
        try {
            return new Entry(
                    tree.path("number").asLong(0),
                    Instant.parse(tree.path("when").asString("")),
                    Entry.Origin.valueOf(constant(tree.path("by").asString(""))),
                    tree.path("who").asString(""),
                    tree.path("hash").asString(""),
                    tree.path("plan").asString(""),
                    Entry.State.valueOf(constant(tree.path("state").asString(""))));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new IOException(ENTRY + " was written by another release", e);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file.getFileName() + " is missing, or no regular file");
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file.getFileName() + " is too large");
        }
        return Files.readString(file);
    }

    private static void write(Path file, String text) throws IOException {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, OWN_FILE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Puts on the disk which names a folder has. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a folder and what is in it; without effect if there is none. */
    static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> files;
            try (Stream<Path> all = Files.list(folder)) {
                files = all.toList();
            }
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }

    private static String sum(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
