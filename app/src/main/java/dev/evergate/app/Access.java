package dev.evergate.app;

import dev.evergate.api.Secret;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the local command line reaches the gateway of this life: the file {@code run/access} in the
 * state directory. Immutable.
 *
 * @param url WebSocket address, such as {@code ws://127.0.0.1:18789/}, or {@code wss}
 * @param token the shared secret, token or password; absent if the gateway wants none
 * @param instance the life of the keeper (or of the lone generation) that wrote it
 * @param fingerprint SHA-256 of the gateway's certificate in lower case hex; empty without TLS
 */
public record Access(String url, Secret token, String instance, String fingerprint) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Where it lies in a state directory. */
    public static Path fileIn(Path stateDirectory) {
        return stateDirectory.resolve("run").resolve("access");
    }

    /**
     * Replaces the file in one step; only its owner may read it. Creates {@code run} if it is
     * missing.
     */
    public void write(Path stateDirectory) throws IOException {
        String text =
                JSON.writeValueAsString(
                        JSON.createObjectNode()
                                .put("url", url)
                                .put("token", token.reveal())
                                .put("instance", instance)
                                .put("fingerprint", fingerprint));
        OwnerFile.replace(fileIn(stateDirectory), text + "\n");
    }

    /** Reads the file; empty if there is none or it says nothing useful. */
    public static Optional<Access> read(Path stateDirectory) throws IOException {
        JsonNode tree;
        try {
            tree = JSON.readTree(Files.readString(fileIn(stateDirectory)));
        } catch (NoSuchFileException | JacksonException nothing) {
            return Optional.empty();
        }
        String url = tree.path("url").asString("");
        return url.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Access(
                                url,
                                Secret.of(tree.path("token").asString("")),
                                tree.path("instance").asString(""),
                                tree.path("fingerprint").asString("")));
    }
}
