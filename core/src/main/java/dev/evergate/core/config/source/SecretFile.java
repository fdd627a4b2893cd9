package dev.evergate.core.config.source;

import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;

import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Secrets in a file: an object of them in JSON, named by JSON pointers, or one that is all its
 * text, named {@code value}.
 */
final class SecretFile implements SecretProvider {
    private static final String SINGLE = "value";
    private static final int CHARS_MAX = 1 << 20;

    /** Whatever others than the owner may do. */
    private static final int OTHERS = 0077;

    private final JsonNode settings;
    private final FileSet files;
    private final Path home;

    SecretFile(JsonNode settings, FileSet files, Path home) {
        this.settings = settings;
        this.files = files;
        this.home = home;
    }

    @Override
    public Map<String, Answer> look(Set<String> ids) {
        Function<String, Answer> answers = answers();
        return ids.stream().collect(Collectors.toMap(Function.identity(), answers));
    }

    private Function<String, Answer> answers() {
        String named = settings.path("path").asString("");
        Path path = named.startsWith("~/") ? home.resolve(named.substring(2)) : Path.of(named);
        if (!path.isAbsolute()) {
            return nothing("path is \"%s\" (expected: an absolute path)".formatted(named));
        }
        return switch (files.read(path.normalize())) {
            case FileText.Absent _ -> nothing(path + " is not there");
            case FileText.Bad(var reason) -> nothing(path + ": " + reason);
            case FileText.Text(var stamp, var text) -> of(path, stamp, text);
        };
    }

    private Function<String, Answer> of(Path path, FileStamp stamp, String text) {
        if ((stamp.mode() & OTHERS) != 0 && !settings.path("allowInsecurePath").asBoolean(false)) {
            return nothing(
                    "%s is open to others: mode %o (expected: chmod 600, or allowInsecurePath: true)"
                            .formatted(path, stamp.mode() & 0777));
        }
        if (text.length() > settings.path("maxBytes").asInt(CHARS_MAX)) {
            return nothing(path + " is longer than maxBytes");
        }
        if (settings.path("mode").asString("json").equals("singleValue")) {
            return id ->
                    id.equals(SINGLE)
                            ? Answer.of(text.replaceFirst("\\r?\\n\\z", ""))
                            : new Answer.Missing("a file of one value has only the name \"value\"");
        }
        try {
            JsonNode tree = Json5Text.parse(text).tree();
            return id -> at(tree, id);
        } catch (Json5Exception e) {
            return nothing(path + ": " + e.getMessage());
        }
    }

    private static Answer at(JsonNode tree, String id) {
        if (!id.startsWith("/")) {
            return new Answer.Missing("it is no JSON pointer (expected: \"/a/b\")");
        }
        JsonNode found = tree.at(JsonPointer.compile(id));
        return found.isString()
                ? Answer.of(found.stringValue())
                : new Answer.Missing("no text stands there");
    }

    private static Function<String, Answer> nothing(String reason) {
        return _ -> new Answer.Missing(reason);
    }
}
