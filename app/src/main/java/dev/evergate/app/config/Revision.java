package dev.evergate.app.config;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.source.ConfigSources;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an edit makes of the files of a configuration: understood and checked, not written yet.
 *
 * @param texts what is to be written
 * @param before what the files say; missing if that cannot be understood
 * @param then what they will say
 */
record Revision(Map<Path, String> texts, JsonNode before, ConfigSources then) {
    /**
     * Writes the files. What others include comes first: the file that needs them is there last.
     */
    void write() throws IOException {
        List<Map.Entry<Path, String>> files = new ArrayList<>(texts.entrySet());
        files.sort((one, other) -> Boolean.compare(isRoot(one.getKey()), isRoot(other.getKey())));
        for (Map.Entry<Path, String> file : files) {
            ConfigFileWriter.write(file.getKey(), file.getValue());
        }
    }

    private boolean isRoot(Path file) {
        return file.equals(then.root());
    }

    /** The outermost places that will be different. */
    List<String> changedPaths() {
        List<String> found = new ArrayList<>();
        compare(ConfigPath.ROOT, before, then.authored(), found);
        return found;
    }

    private static void compare(
            ConfigPath path, JsonNode before, JsonNode after, List<String> found) {
        if (before.equals(after)) {
            return;
        }
        if (!before.isObject() || !after.isObject()) {
            found.add(path.toString());
            return;
        }
        Set<String> names = new LinkedHashSet<>(before.propertyNames());
        names.addAll(after.propertyNames());
        for (String name : names) {
            compare(path.child(name), before.path(name), after.path(name), found);
        }
    }
}
