package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Makes one tree of a configuration's file and those it includes. OpenClaw's rules: {@code
 * $include} is a file or a list of files, relative to the one that names it; objects are merged,
 * lists are joined, and what stands beside {@code $include} wins. Not thread-safe.
 */
final class Includes {
    static final String KEY = "$include";

    /** Files inside each other. */
    private static final int DEPTH_MAX = 10;

    /** Files that are read, each time they are: what includes itself twice over grows fast. */
    private static final int FILES_MAX = 200;

    /** Objects and lists inside each other, over all files; as in one file. */
    private static final int LEVELS_MAX = 64;

    private final Path root;
    private final FileSet files;
    private final Map<Path, String> texts = new LinkedHashMap<>();
    private int filesRead;
    private long charsRead;

    Includes(Path root, FileSet files) {
        this.root = root;
        this.files = files;
    }

    /** What was read so far; the root first. */
    Map<Path, String> texts() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** All files as one tree, with variables and references as they are written. */
    ObjectNode merged() throws UnusableSource {
        return load(List.of(root), 0);
    }

    /**
     * One file with what it includes.
     *
     * @param chain who includes whom; the file comes last
     * @param level in how many objects and lists of other files it stands
     */
    private ObjectNode load(List<Path> chain, int level) throws UnusableSource {
        Path file = chain.getLast();
        String text = text(chain);
        texts.putIfAbsent(file, text);
        charsRead += text.length();
        if (++filesRead > FILES_MAX || charsRead > FileSet.BYTES_MAX) {
            throw new UnusableSource(
                    file,
                    "too much is included: %d files with %,d characters (expected: at most %d with %,d)"
                            .formatted(filesRead, charsRead, FILES_MAX, FileSet.BYTES_MAX));
        }
        if (text.isBlank()) {
            throw new UnusableSource(file, "it is empty (expected: an object: { … })");
        }
        try {
            Json5Text document = Json5Text.parse(text);
            return (ObjectNode)
                    resolved(new At(chain, document, ConfigPath.ROOT, level), document.tree());
        } catch (Json5Exception e) {
            throw new UnusableSource(file, String.valueOf(e.getMessage()));
        }
    }

    private String text(List<Path> chain) throws UnusableSource {
        Path file = chain.getLast();
        return switch (files.read(file)) {
            case FileText.Text(_, var text) -> text;
            case FileText.Absent _ ->
                    throw new UnusableSource(
                            file,
                            "it is not there, but %s includes it"
                                    .formatted(chain.get(Math.max(0, chain.size() - 2))));
            case FileText.Bad(var reason) -> throw new UnusableSource(file, reason);
        };
    }

    /** Where we are: in which file, at which place of it, in how many objects and lists overall. */
    private record At(List<Path> chain, Json5Text document, ConfigPath path, int level) {
        At in(ConfigPath child) {
            return new At(chain, document, child, level + 1);
        }

        Path file() {
            return chain.getLast();
        }

        UnusableSource unusable(String reason) {
            return new UnusableSource(file(), document.place(path.child(KEY)) + ": " + reason);
        }
    }

    private JsonNode resolved(At at, JsonNode node) throws UnusableSource {
        if (at.level() > LEVELS_MAX) {
            throw new UnusableSource(
                    at.file(),
                    "more than %d objects and lists inside each other, with what is included"
                            .formatted(LEVELS_MAX));
        }
        if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                list.set(i, resolved(at.in(at.path().child(i)), list.get(i)));
            }
        } else if (node instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                if (!name.equals(KEY)) {
                    At inside = at.in(at.path().child(name));
                    object.set(name, resolved(inside, object.get(name)));
                }
            }
            JsonNode wanted = object.remove(KEY);
            return wanted == null ? object : merge(included(at, wanted), object);
        }
        return node;
    }

    private ObjectNode included(At at, JsonNode wanted) throws UnusableSource {
        if (wanted.isString()) {
            return load(at, wanted.stringValue());
        }
        if (!(wanted instanceof ArrayNode names)) {
            throw at.unusable("$include is no text and no list of texts");
        }
        ObjectNode merged = JsonNodeFactory.instance.objectNode();
        for (JsonNode name : names) {
            if (!name.isString()) {
                throw at.unusable(
                        "$include lists something that is no text (expected: file names)");
            }
            merged = (ObjectNode) merge(merged, load(at, name.stringValue()));
        }
        return merged;
    }

    private ObjectNode load(At at, String name) throws UnusableSource {
        Path file = place(at, name);
        List<Path> chain = new ArrayList<>(at.chain());
        chain.add(file);
        if (at.chain().contains(file)) {
            throw at.unusable(
                    "$include in a circle: "
                            + chain.stream()
                                    .map(Path::toString)
                                    .collect(Collectors.joining(" -> ")));
        }
        if (chain.size() > DEPTH_MAX + 1) {
            throw at.unusable(
                    "$include of \"%s\": files include each other more than %d deep"
                            .formatted(name, DEPTH_MAX));
        }
        return load(chain, at.level());
    }

    /** Where an included file is: nowhere but beside the configuration, and in folders there. */
    private Path place(At at, String name) throws UnusableSource {
        Path folder = folderOf(root);
        try {
            Path file = folderOf(at.file()).resolve(name).normalize();
            if (file.startsWith(folder) && !file.equals(folder) && isInside(folder, file)) {
                return file;
            }
        } catch (InvalidPathException _) {
            // refused like any other place that cannot be
        }
        throw at.unusable(
                "$include of \"%s\" leads out of %s (expected: a file in this folder, or in one below)"
                        .formatted(name, folder));
    }

    /** Whether it is inside also when links are followed. */
    private boolean isInside(Path folder, Path file) {
        if (!files.isOnDisk(file)) {
            return true;
        }
        try {
            return file.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException _) {
            return true; // nothing is there: reading it says so
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.getParent();
        return folder == null ? file : folder;
    }

    /** What both say: of two values with the same name, objects and lists are put together. */
    private static JsonNode merge(JsonNode first, JsonNode second) {
        if (first instanceof ObjectNode objects && second instanceof ObjectNode others) {
            for (var entry : others.properties()) {
                JsonNode there = objects.get(entry.getKey());
                objects.set(
                        entry.getKey(),
                        there == null ? entry.getValue() : merge(there, entry.getValue()));
            }
            return objects;
        }
        if (first instanceof ArrayNode list && second instanceof ArrayNode others) {
            return list.addAll(others);
        }
        return second;
    }
}
