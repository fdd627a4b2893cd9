package dev.evergate.core.config.source;

import dev.evergate.core.config.json5.Json5Exception;
import dev.evergate.core.config.json5.Json5Text;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Secrets that a program tells. OpenClaw's protocol: one JSON object with the names goes in, one
 * with the values comes out; or, where {@code jsonOnly} is off, the output is the secret itself.
 */
final class SecretProgram implements SecretProvider {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/#-]{0,255}");
    private static final int TIMEOUT_MS = 5_000;
    private static final int TIMEOUT_MS_MAX = 30_000;
    private static final int OUTPUT_BYTES_MAX = 1 << 20;

    /** What every pipe takes at once, also when whoever should read it does not. */
    private static final int INPUT_BYTES_MAX = 4_096;

    /** Group and others may write. */
    private static final int FOREIGN_WRITE = 0022;

    private final String name;
    private final JsonNode settings;
    private final Map<String, String> variables;
    private final SecretCommands commands;

    SecretProgram(
            String name,
            JsonNode settings,
            Map<String, String> variables,
            SecretCommands commands) {
        this.name = name;
        this.settings = settings;
        this.variables = variables;
        this.commands = commands;
    }

    @Override
    public Map<String, Answer> look(Set<String> ids) {
        Map<String, Answer> answers = new HashMap<>();
        List<String> batch = new ArrayList<>();
        String refusal = refusal();
        for (String id : new TreeSet<>(ids)) {
            if (!refusal.isEmpty()) {
                answers.put(id, new Answer.Missing(refusal));
            } else if (!isName(id)) {
                answers.put(id, new Answer.Missing("it is no name that a program may be asked"));
            } else {
                if (bytes(request(batch)) + bytes(id) + 8 > INPUT_BYTES_MAX) {
                    answers.putAll(run(batch));
                    batch = new ArrayList<>();
                }
                batch.add(id);
            }
        }
        if (!batch.isEmpty()) {
            answers.putAll(run(batch));
        }
        return answers;
    }

    private static boolean isName(String id) {
        return ID.matcher(id).matches()
                && List.of(id.split("/")).stream()
                        .noneMatch(part -> part.equals(".") || part.equals(".."));
    }

    /** Why the program may not run; empty if it may. */
    private String refusal() {
        String command = settings.path("command").asString("");
        try {
            Path path = Path.of(command);
            if (!path.isAbsolute()) {
                return "command is \"%s\" (expected: an absolute path)".formatted(command);
            }
            if (Files.isSymbolicLink(path) && !flag("allowSymlinkCommand", false)) {
                return command
                        + " is a symbolic link (expected: the program itself, or allowSymlinkCommand: true)";
            }
            Path real = path.toRealPath();
            FileStamp stamp = FileStamp.read(real);
            if (!stamp.isRegular()) {
                return "%s is %s (expected: a program)".formatted(command, stamp.kind());
            }
            if ((stamp.mode() & FOREIGN_WRITE) != 0 && !flag("allowInsecurePath", false)) {
                return "%s may be written by others: mode %o (expected: chmod go-w)"
                        .formatted(command, stamp.mode() & 0777);
            }
            return isTrusted(real) ? "" : command + " is in none of trustedDirs";
        } catch (InvalidPathException | IOException _) {
            return command + " is not there, or may not be looked at (expected: a program)";
        }
    }

    private boolean isTrusted(Path program) {
        return !settings.has("trustedDirs")
                || settings.path("trustedDirs")
                        .valueStream()
                        .anyMatch(folder -> program.startsWith(folder.asString("/dev/null")));
    }

    private boolean flag(String key, boolean byDefault) {
        return settings.path(key).asBoolean(byDefault);
    }

    private Map<String, Answer> run(List<String> ids) {
        List<String> line = new ArrayList<>(List.of(settings.path("command").asString("")));
        settings.path("args").forEach(argument -> line.add(argument.asString("")));
        int timeoutMs = settings.path("timeoutMs").asInt(TIMEOUT_MS);
        var command =
                new SecretCommands.Command(
                        line,
                        environment(),
                        request(ids),
                        Math.clamp(timeoutMs, 1, TIMEOUT_MS_MAX),
                        Math.clamp(
                                settings.path("maxOutputBytes").asInt(OUTPUT_BYTES_MAX),
                                1,
                                OUTPUT_BYTES_MAX));
        return switch (commands.run(command)) {
            case SecretCommands.Outcome.Failed(var reason) ->
                    all(ids, line.getFirst() + " " + reason);
            case SecretCommands.Outcome.Output(var text) -> answers(ids, text);
        };
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode passed : settings.path("passEnv")) {
            String value = variables.get(passed.asString(""));
            if (value != null) {
                environment.put(passed.asString(""), value);
            }
        }
        for (var own : settings.path("env").properties()) {
            environment.put(own.getKey(), own.getValue().asString(""));
        }
        return environment;
    }

    private String request(List<String> ids) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("protocolVersion", 1).put("provider", name);
        var names = request.putArray("ids");
        ids.forEach(names::add);
        return request.toString();
    }

    private Map<String, Answer> answers(List<String> ids, String output) {
        JsonNode tree;
        try {
            tree = Json5Text.parse(output).tree();
        } catch (Json5Exception _) {
            return flag("jsonOnly", true) || ids.size() != 1
                    ? all(
                            ids,
                            "the program's answer is no JSON (expected: {protocolVersion: 1, values: {…}})")
                    : Map.of(ids.getFirst(), Answer.of(output.strip()));
        }
        if (tree.path("protocolVersion").asInt(0) != 1) {
            return all(ids, "the program's answer has no protocolVersion 1");
        }
        Map<String, Answer> answers = new HashMap<>();
        for (String id : ids) {
            JsonNode value = tree.path("values").path(id);
            answers.put(
                    id,
                    value.isString()
                            ? Answer.of(value.stringValue())
                            : new Answer.Missing("the program does not know it"));
        }
        return answers;
    }

    private static Map<String, Answer> all(List<String> ids, String reason) {
        Map<String, Answer> answers = new HashMap<>();
        ids.forEach(id -> answers.put(id, new Answer.Missing(reason)));
        return answers;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
