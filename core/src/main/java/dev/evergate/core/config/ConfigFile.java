package dev.evergate.core.config;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration's file: JSON with comments, trailing commas and unquoted names. Thread-safe.
 * Only {@link #createIfMissing} writes, and never over a file that is there.
 */
public final class ConfigFile {
    /** A configuration larger than this is not one. */
    private static final long BYTES_MAX = 4L << 20;

    /** Keys that hold secrets, wherever they stand. */
    private static final Set<String> SECRET_KEYS =
            Set.of(
                    "token",
                    "password",
                    "apiKey",
                    "botToken",
                    "webhookSecret",
                    "webhookToken",
                    "Authorization");

    private final Path path;

    public ConfigFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /**
     * Writes a first configuration with this token, readable by its owner only.
     *
     * @return whether it was written; false if there was a file
     */
    public boolean createIfMissing(String token) {
        String text =
                """
                // Evergate's configuration. JSON with comments; OpenClaw's key names.
                {
                  gateway: {
                    auth: { mode: "token", token: "%s" },
                  },
                }
                """
                        .formatted(token);
        try {
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            return false;
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    ("Cannot create the configuration %s: %s (expected: a writable directory;"
                                    + " choose another with --state-dir)")
                            .formatted(path, reason(e)),
                    e);
        }
        try {
            Files.writeString(path, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            return true;
        } catch (IOException e) {
            deleteQuietly(e);
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "Cannot write the configuration %s: %s (expected: room on the disk)"
                            .formatted(path, reason(e)),
                    e);
        }
    }

    /**
     * Reads and validates the file; a missing one counts as empty.
     *
     * @throws EvergateException {@code CONFIG_REFUSED} with everything that is wrong, by key, or
     *     with line and column
     */
    public ConfigSnapshot read(ConfigOverrides overrides) {
        return load(overrides).snapshot();
    }

    /**
     * What a file says, and what it means.
     *
     * @param text as it was read
     */
    public record Loaded(String text, ConfigSnapshot snapshot) {}

    /** As {@link #read}, with the very text that was validated. */
    public Loaded load(ConfigOverrides overrides) {
        String text = text().orElse("{}");
        JsonNode tree = parsed(text);
        ConfigReader.Reading reading =
                new ConfigReader(overrides).read(ConfigSection.root(tree), hash(text));
        return new Loaded(text, reading.snapshot().orElseThrow(() -> refused(reading.problems())));
    }

    /** The file as it stands, with secrets replaced. */
    public ConfigDocument document() {
        Optional<String> text = text();
        JsonNode tree = redacted(parsed(text.orElse("{}")));
        // Comments could repeat a secret: what is shown is written anew from the redacted tree.
        String raw = text.isEmpty() ? "" : tree.toPrettyString();
        return new ConfigDocument(
                path.toString(), text.isPresent(), raw, tree, hash(text.orElse("")));
    }

    private Optional<String> text() {
        try {
            // A pipe or a device would block or never end.
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw refused(List.of(new ConfigProblem("", "it is not a regular file")));
            }
            if (Files.exists(path) && Files.size(path) > BYTES_MAX) {
                throw refused(
                        List.of(
                                new ConfigProblem(
                                        "",
                                        "it has %,d bytes (expected: at most %,d)"
                                                .formatted(Files.size(path), BYTES_MAX))));
            }
            return Optional.of(Files.readString(path));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.CONFIG_REFUSED,
                    "The configuration %s cannot be read: %s (expected: a UTF-8 file that you may read)"
                            .formatted(path, reason(e)),
                    e);
        }
    }

    private JsonNode parsed(String text) {
        try {
            JsonNode tree = mapper().readTree(text.isBlank() ? "{}" : text);
            if (!tree.isObject()) {
                throw refused(
                        List.of(new ConfigProblem("", "it holds no object (expected: { … })")));
            }
            return tree;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw refused(
                    List.of(
                            new ConfigProblem(
                                    "",
                                    "line %d, column %d: %s"
                                            .formatted(
                                                    at.getLineNr(),
                                                    at.getColumnNr(),
                                                    forPeople(e.getOriginalMessage())))));
        }
    }

    /** Without what the parser says about itself. */
    private static String forPeople(String message) {
        int aside = message.indexOf(" (start marker at ");
        return aside < 0 ? message : message.substring(0, aside);
    }

    private EvergateException refused(List<ConfigProblem> problems) {
        return new EvergateException(
                ErrorCode.CONFIG_REFUSED,
                "The configuration %s cannot be used: %s. Nothing was changed; correct the file and start again."
                        .formatted(
                                path,
                                problems.stream()
                                        .map(ConfigProblem::toString)
                                        .collect(Collectors.joining("; "))));
    }

    private static JsonMapper mapper() {
        return JsonMapper.builder(
                        JsonFactory.builder()
                                .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                                .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                                .enable(JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
                                .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                                .enable(JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS)
                                .enable(JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS)
                                .enable(JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS)
                                .build())
                .build();
    }

    private static JsonNode redacted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                JsonNode value = object.get(name);
                if (SECRET_KEYS.contains(name)) {
                    object.put(name, ConfigDocument.REDACTED);
                } else if (name.equals("headers") && value instanceof ObjectNode headers) {
                    List.copyOf(headers.propertyNames())
                            .forEach(header -> headers.put(header, ConfigDocument.REDACTED));
                } else {
                    redacted(value);
                }
            }
        } else if (node instanceof ArrayNode array) {
            array.forEach(ConfigFile::redacted);
        }
        return node;
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }

    private void deleteQuietly(IOException cause) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
